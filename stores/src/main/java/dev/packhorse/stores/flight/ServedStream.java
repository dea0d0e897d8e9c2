package dev.packhorse.stores.flight;

import java.time.Duration;
import org.apache.arrow.flight.BackpressureStrategy;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightProducer;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One DoGet that is answered: as fast as the client reads, and no longer than it does. Used by one thread. */
final class ServedStream implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(ServedStream.class);

    private final FlightResult result;
    private final int partition;
    private final FlightProducer.ServerStreamListener listener;
    private final BufferAllocator allocator;
    private final Duration timeout;
    private final BackpressureStrategy pressure = new BackpressureStrategy.CallbackBackpressureStrategy();
    private VectorSchemaRoot root;

    /** @param allocator for the schema of a part without rows; rows stay in the memory that they came in */
    ServedStream(
            FlightResult result,
            int partition,
            FlightProducer.ServerStreamListener listener,
            BufferAllocator allocator,
            Duration timeout) {
        this.result = result;
        this.partition = partition;
        this.listener = listener;
        this.allocator = allocator;
        this.timeout = timeout;
        pressure.register(listener); // before the call that made this ends: later it is too late
    }

    @Override
    public void run() {
        try {
            result.read(partition, this::send);
            if (root == null) {
                start(allocator);
            }
            if (!listener.isCancelled()) {
                listener.completed();
            }
        } catch (Ended e) {
            LOG.debug("{}, part {}: the client left", result.name(), partition);
        } catch (FlightRuntimeException e) {
            listener.error(e);
        } catch (RuntimeException | Error e) {
            LOG.warn("{}, part {}: reading failed", result.name(), partition, e);
            listener.error(CallStatus.INTERNAL
                    .withDescription("part %d of %s could not be read; the server's log says why"
                            .formatted(partition, result.name()))
                    .toRuntimeException());
        } finally {
            if (root != null) {
                root.close();
            }
        }
    }

    private void start(BufferAllocator from) {
        root = VectorSchemaRoot.create(result.table().schema(), from);
        listener.start(root);
    }

    /** Hands a batch to Flight, which copies it, once what went before is nearly gone. */
    private void send(VectorSchemaRoot batch) {
        if (root == null) {
            start(batch.getFieldVectors().get(0).getAllocator());
        }
        awaitReady();
        try (var unloaded = new VectorUnloader(batch).getRecordBatch()) {
            new VectorLoader(root).load(unloaded);
            listener.putNext();
        } finally {
            root.clear();
        }
    }

    private void awaitReady() {
        switch (pressure.waitForListener(timeout.toMillis())) {
            case READY -> {}
            case CANCELLED -> throw new Ended();
            case TIMEOUT ->
                throw CallStatus.TIMED_OUT
                        .withDescription("expected the client to read a batch within " + timeout.toSeconds()
                                + " s (--flight-timeout), found that it reads none")
                        .toRuntimeException();
            case OTHER ->
                throw CallStatus.UNAVAILABLE
                        .withDescription("the server is ending")
                        .toRuntimeException();
        }
        if (listener.isCancelled()) {
            throw new Ended();
        }
    }

    /** The client reads no more: nothing is wrong. */
    private static final class Ended extends RuntimeException {
        private static final long serialVersionUID = 1;

        Ended() {
            super("the client left", null, false, false);
        }
    }
}
