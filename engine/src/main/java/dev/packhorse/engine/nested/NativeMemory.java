package dev.packhorse.engine.nested;

import org.apache.arrow.memory.AllocationListener;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/**
 * The native memory that batches and buffers are made in: bounded, counted, and checked to be empty when it is closed.
 *
 * <p>Thread-safe. Whoever opens one closes it, after every batch and buffer made in it.
 */
public final class NativeMemory implements AutoCloseable {

    private static final int SEGMENT_BYTES = 1024;

    private final BufferAllocator allocator;
    private boolean closed;

    private NativeMemory(BufferAllocator allocator) {
        this.allocator = allocator;
    }

    /**
     * Opens memory; the caller closes it.
     *
     * @param limitBytes the most bytes that may be held at once; making a batch or a buffer beyond that fails, as
     *     {@link OutOfNativeMemory} tells
     */
    public static NativeMemory open(long limitBytes) {
        // by default sizes are rounded up to powers of two, which weights would pay for dearly
        return new NativeMemory(new RootAllocator(AllocationListener.NOOP, limitBytes, NativeMemory::rounded));
    }

    private static long rounded(long bytes) {
        return (bytes + SEGMENT_BYTES - 1) / SEGMENT_BYTES * SEGMENT_BYTES;
    }

    /** Bytes held by batches and buffers that are not closed yet. */
    public long allocatedBytes() {
        return allocator.getAllocatedMemory();
    }

    /** The most bytes that were ever held at once. */
    public long peakBytes() {
        return allocator.getPeakMemoryAllocation();
    }

    BufferAllocator allocator() {
        return allocator;
    }

    /** @throws IllegalStateException when a batch or a buffer made in this memory was not closed */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            var held = allocator.getAllocatedMemory();
            try {
                allocator.close();
            } catch (IllegalStateException e) { // says as much, in words that differ from one Arrow to the next
                throw new IllegalStateException(
                        "expected native memory to be given back before it is closed, found %d bytes in use"
                                .formatted(held),
                        e);
            }
        }
    }
}
