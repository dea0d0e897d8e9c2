package dev.packhorse.engine.weights;

import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
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

    private final FileWindow file;
    private final long end;
    private long next; // where the next field begins

    private int field;
    private int wireType;
    private long number; // a VARINT's value
    private Span span; // the bytes of any other field

    ProtobufReader(FileWindow file, Span span) {
        this.file = file;
        this.next = span.position();
        this.end = span.end();
    }

    /** Goes to the next field; false at the end of the message. */
    boolean next() throws IOException {
        if (next >= end) {
            return false;
        }
        var at = next;
        var tag = varint();
        var length = 0L;
        field = (int) (tag >>> 3);
        wireType = (int) (tag & 7);
        switch (wireType) {
            case VARINT -> number = varint();
            case FIXED64 -> length = Long.BYTES;
            case FIXED32 -> length = Integer.BYTES;
            case LENGTH_DELIMITED -> length = varint();
            default ->
                throw new ModelException(
                        "expected a protobuf field at byte %d, found wire type %d".formatted(at, wireType));
        }
        if (field <= 0 || length < 0 || next > end || length > end - next) {
            throw new ModelException("expected a protobuf field that ends within its message at byte %d, found field %d"
                    .formatted(at, field));
        }
        span = new Span(next, length);
        next += length;
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

    /**
     * The field's whole numbers: one, or many packed.
     *
     * @param most how many there may be
     */
    List<Long> numbers(int most) throws IOException {
        if (wireType == VARINT) {
            return List.of(number);
        }
        var packed = message();
        var numbers = new ArrayList<Long>();
        while (packed.hasMore()) {
            if (numbers.size() == most) {
                throw new ModelException(
                        "expected at most %d numbers in protobuf field %d, found more".formatted(most, field));
            }
            numbers.add(packed.varint());
        }
        return numbers;
    }

    /** The field's float. */
    float fixed32() throws IOException {
        expect(FIXED32);
        var bits = 0;
        for (var i = 0; i < Integer.BYTES; i++) {
            bits |= (file.at(span.position() + i) & 0xff) << (Byte.SIZE * i);
        }
        return Float.intBitsToFloat(bits);
    }

    String text() throws IOException {
        return file.text(span());
    }

    /** A reader of the field's message. */
    ProtobufReader message() {
        return new ProtobufReader(file, span());
    }

    /** Where the field's bytes lie in the file. */
    Span span() {
        expect(LENGTH_DELIMITED);
        return span;
    }

    private void expect(int expected) {
        if (wireType != expected) {
            throw new ModelException(
                    "expected wire type %d of protobuf field %d, found %d".formatted(expected, field, wireType));
        }
    }

    /** Whether there is another of the numbers that lie one behind the other, without fields around them. */
    boolean hasMore() {
        return next < end;
    }

    /** The next of such numbers. */
    long varint() throws IOException {
        var value = 0L;
        for (var shift = 0; shift < Long.SIZE; shift += 7) {
            var b = file.at(next++);
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new ModelException("expected a protobuf number of at most 10 bytes before byte " + next);
    }
}
