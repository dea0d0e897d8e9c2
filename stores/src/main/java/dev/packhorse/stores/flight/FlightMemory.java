package dev.packhorse.stores.flight;

import dev.packhorse.stores.contract.StoreException;
import java.util.concurrent.atomic.LongAdder;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Arrow's memory for one connection or server. */
final class FlightMemory {

    private static final Logger LOG = LoggerFactory.getLogger(FlightMemory.class);

    private static final int PROBE = 8; // bytes

    private static final LongAdder LEFT = new LongAdder(); // bytes

    private FlightMemory() {}

    /**
     * Opens some, if it can be used as Flight does: without the option named below, Flight throws on a thread where nobody hears
     * it, and waits without an end.
     */
    static BufferAllocator open() {
        try {
            var allocator = new RootAllocator();
            try (var probe = allocator.buffer(PROBE)) {
                probe.nioBuffer();
            } catch (RuntimeException | Error e) {
                allocator.close();
                throw e;
            }
            return allocator;
        } catch (RuntimeException | LinkageError e) {
            throw new StoreException(
                    "expected --add-opens=java.base/java.nio=ALL-UNNAMED among the options of this JVM, for Arrow's memory; found"
                            + " none (" + e + "); spark-submit passes it by itself, conf/jvm-options lists it",
                    e);
        }
    }

    /** How much was not given back by all that were closed in this JVM, in bytes. */
    static long left() {
        return LEFT.sum();
    }

    /** Closes it, and says what is left of it; it does not hide what went wrong before. */
    static void close(BufferAllocator allocator, String of) {
        try {
            allocator.close();
        } catch (IllegalStateException e) {
            LEFT.add(allocator.getAllocatedMemory());
            LOG.warn("{}: {} bytes of Arrow's memory were not given back", of, allocator.getAllocatedMemory());
        }
    }
}
