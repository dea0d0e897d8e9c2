package dev.packhorse.stores.postgres;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import org.apache.arrow.memory.ArrowBuf;

/**
 * Bytes of COPY's binary format, as the PostgreSQL manual says it under "COPY", "Binary Format": a header, rows of fields that
 * have their length in front, and an end, all numbers big-endian. They go on in pieces of {@value #PIECE} bytes and a row. Not
 * thread-safe.
 */
final class CopyWriter {

    /** Takes bytes before it returns. */
    interface Sink {
        void take(byte[] bytes, int length) throws SQLException;
    }

    static final int PIECE = 1 << 18;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final byte[] SIGNATURE = "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int NULL = -1;
    private static final short END = -1;

    private byte[] bytes = new byte[PIECE + (PIECE >> 2)];
    private int length;

    /** Signature, no flags, nothing more in the header. */
    void begin() {
        length = 0;
        ensure(SIGNATURE.length + Long.BYTES);
        System.arraycopy(SIGNATURE, 0, bytes, 0, SIGNATURE.length);
        length = SIGNATURE.length;
        putLong(0);
    }

    /** Ends what was begun, and hands it on. */
    void end(Sink sink) throws SQLException {
        putShort(END);
        sink.take(bytes, length);
        length = 0;
    }

    /** Hands on what there is, once it is much; between rows. */
    void spill(Sink sink) throws SQLException {
        if (length >= PIECE) {
            sink.take(bytes, length);
            length = 0;
        }
    }

    /** Where the next byte goes, to come back to with {@link #cutTo}. */
    int position() {
        return length;
    }

    /** Forgets what was written since. */
    void cutTo(int position) {
        length = position;
    }

    /** What was written; the array changes with the next write. */
    byte[] bytes() {
        return bytes;
    }

    /** A row begins. */
    void row(int fields) {
        putShort((short) fields);
    }

    void nothing() {
        putInt(NULL);
    }

    void field(long value) {
        putInt(Long.BYTES);
        putLong(value);
    }

    void field(boolean value) {
        putInt(1);
        putByte(value ? 1 : 0);
    }

    /** A field of bytes as they lie in Arrow's memory. */
    void field(ArrowBuf from, long start, int count) {
        putInt(count);
        raw(from, start, count);
    }

    /** Bytes as they lie in Arrow's memory, of a field whose length was written. */
    void raw(ArrowBuf from, long start, int count) {
        ensure(count);
        from.getBytes(start, bytes, length, count);
        length += count;
    }

    void field(byte[] value) {
        putInt(value.length);
        ensure(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
    }

    void putByte(int value) {
        ensure(1);
        bytes[length++] = (byte) value;
    }

    void putShort(short value) {
        ensure(Short.BYTES);
        SHORT.set(bytes, length, value);
        length += Short.BYTES;
    }

    void putInt(int value) {
        ensure(Integer.BYTES);
        INT.set(bytes, length, value);
        length += Integer.BYTES;
    }

    void putLong(long value) {
        ensure(Long.BYTES);
        LONG.set(bytes, length, value);
        length += Long.BYTES;
    }

    /** Makes room for bytes to be written at {@link #position}, which then moves on by {@link #advance}. */
    void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(
                    bytes, Math.max(Math.addExact(length, more), (int) Math.min(2L * bytes.length, 1 << 30)));
        }
    }

    /** Counts bytes that were written into {@link #bytes}. */
    void advance(int count) {
        length += count;
    }
}
