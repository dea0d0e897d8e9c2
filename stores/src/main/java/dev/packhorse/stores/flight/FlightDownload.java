package dev.packhorse.stores.flight;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.vector.VectorSchemaRoot;

/** One DoGet, of which Flight holds some batches in advance. A server that keeps it waiting too long is left. Not thread-safe. */
final class FlightDownload implements AutoCloseable {

    private final FlightConnection connection;
    private final FlightStream stream;
    private final AtomicBoolean late = new AtomicBoolean();
    private boolean closed;

    /** @param connection stays the caller's */
    FlightDownload(FlightConnection connection, Ticket ticket) {
        this.connection = connection;
        try {
            this.stream = connection.client().getStream(ticket, connection.options());
        } catch (RuntimeException e) {
            throw connection.failure("rows", e);
        }
    }

    /** Whether there is another batch, which the root then holds. */
    boolean next() {
        return watched(stream::next);
    }

    /** The batch; this one's. */
    VectorSchemaRoot root() {
        return watched(stream::getRoot);
    }

    private <T> T watched(Supplier<T> wait) {
        var timeout = connection.place().timeout();
        var watch = connection
                .watch()
                .schedule(
                        () -> {
                            late.set(true);
                            stream.cancel("took too long", null);
                        },
                        timeout.toNanos(),
                        TimeUnit.NANOSECONDS);
        try {
            return wait.get();
        } catch (RuntimeException e) {
            if (late.get()) {
                throw connection.failure("a batch within " + timeout.toSeconds() + " s (--flight-timeout)", "none");
            }
            throw connection.failure("rows", e);
        } finally {
            watch.cancel(false);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            stream.close(); // tells the server that nobody listens, and gives back what came in advance
        } catch (Exception e) {
            throw connection.failure("to end reading", e);
        }
    }
}
