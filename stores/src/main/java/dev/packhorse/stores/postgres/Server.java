package dev.packhorse.stores.postgres;

import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.StoreException;
import java.io.Serializable;
import java.net.ConnectException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Who is connected to, and for how long it is waited. Every wait ends: for a connection after seconds, for a statement by the
 * server's own clock, and where the server does not even end that, by the socket's. Immutable.
 *
 * @param address of the table
 * @param secrets user and password; without them the driver's own defaults hold
 * @param statementTimeout of one statement
 * @param indexTimeout of the statement that builds an index
 */
record Server(PostgresAddress address, Secrets secrets, Duration statementTimeout, Duration indexTimeout)
        implements Serializable {

    private static final Duration CONNECT = Duration.ofSeconds(10);

    /** For each answer while a session begins, and what the socket waits beyond the server's own clock, at most. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    /** Pauses before a server is asked again that has no connection left or has just been started. */
    private static final List<Duration> PAUSES =
            List.of(Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2));

    /** {@code too_many_connections} and {@code cannot_connect_now}. */
    private static final List<String> BUSY = List.of("53300", "57P03");

    /** A session whose statements may take as long as statements may. */
    Session open() {
        return open(statementTimeout);
    }

    /**
     * Opens a session.
     *
     * @throws StoreException when that fails
     */
    Session open(Duration timeout) {
        for (var attempt = 0; ; attempt++) {
            try {
                return new Session(this, connect(timeout), timeout);
            } catch (SQLException e) {
                if (attempt == PAUSES.size() || !passes(e)) {
                    throw failure("open a session", e);
                }
                pause(PAUSES.get(attempt));
            }
        }
    }

    private Connection connect(Duration timeout) throws SQLException {
        var grace = patience(timeout).minus(timeout);
        var settings = new Properties();
        PGProperty.CONNECT_TIMEOUT.set(settings, seconds(CONNECT));
        PGProperty.SOCKET_TIMEOUT.set(settings, seconds(grace));
        PGProperty.LOGIN_TIMEOUT.set(settings, seconds(CONNECT.plus(grace)));
        PGProperty.TCP_KEEP_ALIVE.set(settings, true);
        PGProperty.APPLICATION_NAME.set(settings, "packhorse");
        settings.putAll(address.settings());
        secrets.find("user").ifPresent(user -> PGProperty.USER.set(settings, user));
        secrets.find("password").ifPresent(password -> PGProperty.PASSWORD.set(settings, password));
        // not by DriverManager, which asks every driver on the class path and does not see those that Spark brings
        var connection = new Driver().connect(address.jdbc(), settings);
        try {
            connection.setNetworkTimeout(Runnable::run, millis(patience(timeout)));
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** How long it is waited for what the server itself gives so much time. */
    Duration patience(Duration timeout) {
        return timeout.plus(timeout.compareTo(GRACE) < 0 ? timeout : GRACE);
    }

    private static int seconds(Duration time) {
        return (int) Math.max(1, time.toSeconds()); // 0 would be for ever
    }

    /** Whole milliseconds, as many as an int holds. */
    static int millis(Duration time) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, time.toMillis()));
    }

    /** Refused connections too: a server that is being started, or whose backlog is full, refuses for moments. */
    private static boolean passes(SQLException e) {
        return BUSY.contains(e.getSQLState()) || e.getCause() instanceof ConnectException;
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while waiting for PostgreSQL");
        }
    }

    /** What to throw for what the driver says, without secrets. */
    StoreException failure(String task, SQLException e) {
        return Failures.of(this, task, e);
    }

    /** Names the table. */
    @Override
    public String toString() {
        return address.toString();
    }
}
