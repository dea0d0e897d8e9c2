package dev.packhorse.engine.weights;

import dev.packhorse.engine.ModelException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks over the fields of one protobuf message in a file, skipping what nobody asks for: weights of gigabytes are
 * passed over, not read. Format: protobuf.dev/programming-guides/encoding.
 *
 * <p>Not a general reader: groups are refused, and only what ONNX's weights need can be read.
 */
final class ProtobufReader {

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;

    private final FileChannel channel;
    private final long end;
    private final ByteBuffer window = ByteBuffer.allocate(4096).limit(0);
    private long windowAt;
    private long next; // where the next field begins

    private int field;
    private int wireType;
    private long number; // a VARINT's value
    private long position; // a LENGTH_DELIMITED field's first byte
    private long length;

    ProtobufReader(FileChannel channel, long position, long end) {
        this.channel = channel;
        this.next = position;
        this.end = end;
    }

    /** Goes to the next field; false at the end of the message. */
    boolean next() throws IOException {
        if (next >= end) {
            return false;
        }
        var at = next;
        var tag = varint();
        field = (int) (tag >>> 3);
        wireType = (int) (tag & 7);
        switch (wireType) {
            case VARINT -> number = varint();
            case FIXED64 -> next += Long.BYTES;
            case FIXED32 -> next += Integer.BYTES;
            case LENGTH_DELIMITED -> {
                length = varint();
                position = next;
                next += length;
            }
            default ->
                throw new ModelException(
                        "expected a protobuf field at byte %d, found wire type %d".formatted(at, wireType));
        }
        if (field == 0 || length < 0 || next < at || next > end) { // before: a length whose sum overflowed
            throw new ModelException("expected a protobuf field that ends within its message at byte %d, found field %d"
                    .formatted(at, field));
        }
        return true;
    }

    int field() {
        return field;
    }

    /** The field's whole number. */
    long number() {
        expect(VARINT);
        return number;
    }

    /** The field's whole numbers: one, or many packed. */
    List<Long> numbers() throws IOException {
        if (wireType == VARINT) {
            return List.of(number);
        }
        expect(LENGTH_DELIMITED);
        var packed = new ProtobufReader(channel, position, position + length);
        var numbers = new ArrayList<Long>();
        while (packed.next < packed.end) {
            numbers.add(packed.varint());
        }
        return numbers;
    }

    String text() throws IOException {
        expect(LENGTH_DELIMITED);
        var bytes = ByteBuffer.allocate(Math.toIntExact(length));
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, position + bytes.position()) < 0) {
                throw new EOFException("the file ends within a name");
            }
        }
        return new String(bytes.array(), StandardCharsets.UTF_8);
    }

    /** A reader of the field's message. */
    ProtobufReader message() {
        expect(LENGTH_DELIMITED);
        return new ProtobufReader(channel, position, position + length);
    }

    /** Where the field's bytes begin in the file. */
    long position() {
        expect(LENGTH_DELIMITED);
        return position;
    }

    /** How many bytes the field has. */
    long length() {
        expect(LENGTH_DELIMITED);
        return length;
    }

    private void expect(int expected) {
        if (wireType != expected) {
            throw new ModelException(
                    "expected wire type %d of protobuf field %d, found %d".formatted(expected, field, wireType));
        }
    }

    private long varint() throws IOException {
        var value = 0L;
        for (var shift = 0; shift < Long.SIZE; shift += 7) {
            var b = nextByte();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new ModelException("expected a protobuf number of at most 10 bytes before byte " + next);
    }

    private byte nextByte() throws IOException {
        if (next < windowAt || next >= windowAt + window.limit()) {
            windowAt = next;
            window.clear();
            if (channel.read(window, next) <= 0) {
                throw new EOFException("the file ends within a message");
            }
            window.flip();
        }
        return window.get((int) (next++ - windowAt));
    }
}
