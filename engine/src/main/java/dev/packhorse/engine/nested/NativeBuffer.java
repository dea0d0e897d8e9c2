package dev.packhorse.engine.nested;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import org.apache.arrow.memory.ArrowBuf;

/**
 * A piece of {@link NativeMemory}, at an address that kernels like: a multiple of 64 bytes, a cache line and the widest
 * vector register. Whoever allocates it closes it, and with it every view and address ends. Not thread-safe: what lies in
 * it is the user's to keep apart between threads.
 */
public final class NativeBuffer implements AutoCloseable {

    private static final int ALIGNMENT = 64;

    private final ArrowBuf buffer;
    private final long start;
    private final long bytes;
    private boolean closed;

    private NativeBuffer(ArrowBuf buffer, long bytes) {
        this.buffer = buffer;
        this.bytes = bytes;
        this.start = -buffer.memoryAddress() & (ALIGNMENT - 1);
    }

    /**
     * Allocates {@code bytes} bytes, all zero; the caller closes them.
     *
     * @throws RuntimeException or OutOfMemoryError when there are not so many, see {@link OutOfNativeMemory}
     */
    public static NativeBuffer allocate(NativeMemory memory, long bytes) {
        var buffer = memory.allocator().buffer(bytes + ALIGNMENT);
        buffer.setZero(0, bytes + ALIGNMENT);
        return new NativeBuffer(buffer, bytes);
    }

    /** Makes all bytes zero. */
    public void clear() {
        buffer.setZero(start, bytes);
    }

    /** Where it begins; valid until it is closed. */
    public long address() {
        return buffer.memoryAddress() + start;
    }

    /** How many bytes it has. */
    public long bytes() {
        return bytes;
    }

    /**
     * A view of floats in the machine's byte order; valid until this is closed.
     *
     * @param first index of the first float
     * @param count of floats
     * @throws IndexOutOfBoundsException when it would go beyond the buffer
     * @throws ArithmeticException when there are more than a Java buffer can show: 2 GiB
     */
    public FloatBuffer floats(long first, int count) {
        return view(first * Float.BYTES, (long) count * Float.BYTES).asFloatBuffer();
    }

    /** The same of shorts, 2 bytes each, such as bfloat16 numbers. */
    public ShortBuffer shorts(long first, int count) {
        return view(first * Short.BYTES, (long) count * Short.BYTES).asShortBuffer();
    }

    /**
     * A view of all bytes in the machine's byte order; valid until this is closed.
     *
     * @throws ArithmeticException when there are more than a Java buffer can show: 2 GiB
     */
    public ByteBuffer view() {
        return view(0, bytes);
    }

    private ByteBuffer view(long from, long length) {
        if (from < 0 || length < 0 || from > bytes - length) { // from + length may be more than a long
            throw new IndexOutOfBoundsException("expected %d bytes at %d within %d".formatted(length, from, bytes));
        }
        return buffer.nioBuffer(start + from, Math.toIntExact(length)).order(ByteOrder.nativeOrder());
    }

    /** Gives the memory back; a second call does nothing. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            buffer.close();
        }
    }
}
