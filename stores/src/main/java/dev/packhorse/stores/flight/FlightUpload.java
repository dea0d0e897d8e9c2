package dev.packhorse.stores.flight;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * One DoPut: batches go out as fast as the server takes them, and nothing counts before it has said that all went well. Flight
 * itself would wait for a server without an end, and spin while it does. Not thread-safe.
 */
final class FlightUpload implements AutoCloseable {

    private static final long SHORTEST_NAP = 20_000; // nanoseconds
    private static final long LONGEST_NAP = 1_000_000;

    private final FlightConnection connection;
    private final FlightClient.ClientStreamListener stream;
    private final Acknowledgement acknowledgement = new Acknowledgement();
    private final String note;
    private long waited; // nanoseconds
    private boolean noted;
    private boolean ended;

    /**
     * @param connection stays the caller's
     * @param root what each {@link #send} sends; the caller's
     * @param note goes along with the first batch, for servers that want to tell uploads apart
     */
    FlightUpload(FlightConnection connection, FlightDescriptor descriptor, VectorSchemaRoot root, String note) {
        this.connection = connection;
        this.note = note;
        try {
            this.stream = connection.client().startPut(descriptor, acknowledgement, connection.options());
            stream.start(root);
        } catch (RuntimeException e) {
            throw connection.failure("it to take rows", e);
        }
    }

    /** Sends what the root holds; it may be changed as soon as this returns, for Flight has copied it. */
    void send() {
        awaitReady();
        try {
            if (noted) {
                stream.putNext();
                return;
            }
            noted = true;
            var bytes = note.getBytes(UTF_8);
            var metadata = connection.allocator().buffer(bytes.length);
            metadata.writeBytes(bytes);
            stream.putNext(metadata); // which gives it back
        } catch (RuntimeException e) {
            throw connection.failure("it to take rows", e);
        }
    }

    private void awaitReady() {
        var begin = System.nanoTime();
        var nap = SHORTEST_NAP;
        while (!stream.isReady()) {
            if (acknowledgement.isCancelled()) {
                break;
            }
            if (System.nanoTime() - begin > connection.place().timeout().toNanos()) {
                throw connection.failure(
                        "it to take a batch within " + seconds() + " s (--flight-timeout)", "that it takes none");
            }
            LockSupport.parkNanos(nap);
            nap = Math.min(LONGEST_NAP, nap * 2);
            if (Thread.interrupted()) {
                Thread.currentThread().interrupt();
                throw connection.failure("to send rows", "an interrupt");
            }
        }
        waited += System.nanoTime() - begin;
        if (acknowledgement.isCancelled()) {
            await(); // says why
            throw connection.failure("it to take all rows", "that it ended before the last");
        }
    }

    /** Ends the stream, and waits until the server has said that all went well. */
    void finish() {
        if (acknowledgement.isCancelled()) {
            await();
            throw connection.failure("it to take all rows", "that it ended before the last");
        }
        stream.completed();
        await();
        ended = true;
    }

    private void await() {
        try {
            acknowledgement.done.get(connection.place().timeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw connection.failure(
                    "an acknowledgement of all rows within " + seconds() + " s (--flight-timeout)", "none");
        } catch (ExecutionException e) {
            throw connection.failure("it to take all rows", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw connection.failure("an acknowledgement of all rows", "an interrupt");
        }
    }

    private long seconds() {
        return connection.place().timeout().toSeconds();
    }

    /** How long it has waited for the server to take batches, in nanoseconds. */
    long waited() {
        return waited;
    }

    /** Breaks off what has not ended. */
    @Override
    public void close() {
        if (ended) {
            return;
        }
        ended = true;
        if (!acknowledgement.isCancelled()) {
            stream.error(CallStatus.CANCELLED.withDescription("broken off").toRuntimeException());
        }
        acknowledgement.done.completeExceptionally(
                CallStatus.CANCELLED.withDescription("broken off").toRuntimeException());
    }

    /** What the server says in the end. What it says in between is its own affair. */
    private static final class Acknowledgement implements FlightClient.PutListener {

        private final CompletableFuture<Void> done = new CompletableFuture<>();

        @Override
        public void onNext(PutResult result) {}

        @Override
        public void onError(Throwable failure) {
            done.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            done.complete(null);
        }

        @Override
        public boolean isCancelled() {
            return done.isDone();
        }

        @Override
        public void getResult() {
            done.join();
        }
    }
}
