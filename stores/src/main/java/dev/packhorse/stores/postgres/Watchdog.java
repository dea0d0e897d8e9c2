package dev.packhorse.stores.postgres;

import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Breaks off a connection that takes too long. The socket's own clock is for reading alone: a server that stands still and reads
 * nothing would let a COPY wait for ever. Thread-safe.
 */
final class Watchdog {

    private static final ScheduledThreadPoolExecutor CLOCK = clock();

    private final Connection connection;
    private final Duration patience;
    private volatile boolean barked;

    private Watchdog(Connection connection, Duration patience) {
        this.connection = connection;
        this.patience = patience;
    }

    private static ScheduledThreadPoolExecutor clock() {
        var clock = new ScheduledThreadPoolExecutor(1, work -> {
            var thread = new Thread(work, "packhorse-postgres-clock");
            thread.setDaemon(true);
            return thread;
        });
        clock.setRemoveOnCancelPolicy(true);
        return clock;
    }

    /** A watch over what is done next. */
    static Watch watch(Connection connection, Duration patience) {
        var dog = new Watchdog(connection, patience);
        return new Watch(dog, CLOCK.schedule(dog::bark, patience.toMillis(), TimeUnit.MILLISECONDS));
    }

    private void bark() {
        barked = true;
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // it is broken off already
        }
    }

    /** One of them. */
    record Watch(Watchdog dog, Future<?> barking) {

        boolean hasBarked() {
            return dog.barked;
        }

        /** In place of what the driver says of a connection that was broken off. */
        SQLException explain(SQLException e) {
            return new SQLException(
                    "no answer within " + dog.patience.toSeconds() + " s",
                    e.getSQLState(),
                    new SocketTimeoutException("broken off"));
        }

        void end() {
            barking.cancel(false);
        }
    }
}
