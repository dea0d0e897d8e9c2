package dev.packhorse.stores.http;

import java.io.OutputStream;
import java.util.Arrays;

/** Bytes that grow, and are kept for what comes next. Not thread-safe. */
final class JsonBytes extends OutputStream {

    private byte[] bytes = new byte[1 << 16];
    private int size;

    @Override
    public void write(int next) {
        reserve(1);
        bytes[size++] = (byte) next;
    }

    @Override
    public void write(byte[] from, int offset, int length) {
        reserve(length);
        System.arraycopy(from, offset, bytes, size, length);
        size += length;
    }

    private void reserve(int more) {
        if (more > bytes.length - size) {
            bytes = Arrays.copyOf(
                    bytes, Math.max(Math.addExact(size, more), (int) Math.min(bytes.length * 2L, 1 << 30)));
        }
    }

    /** Adds a part of others. */
    void write(JsonBytes from, int begin, int end) {
        write(from.bytes, begin, end - begin);
    }

    int size() {
        return size;
    }

    /** What there is, up to {@link #size}; the same array until it grows. */
    byte[] array() {
        return bytes;
    }

    /** Leaves what follows a place. */
    void keepFrom(int begin) {
        System.arraycopy(bytes, begin, bytes, 0, size - begin);
        size -= begin;
    }

    void clear() {
        size = 0;
    }
}
