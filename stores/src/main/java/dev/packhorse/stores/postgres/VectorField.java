package dev.packhorse.stores.postgres;

import dev.packhorse.engine.output.Halves;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Optional;
import org.apache.arrow.memory.ArrowBuf;

/**
 * Vectors as fields of COPY. pgvector's are int16 of the dimension, int16 of 0, and the numbers (vector.c, vector_recv, and
 * halfvec.c, halfvec_recv); arrays are int32 of dimensions (1), flags (0), type of the elements (oid 700), elements, lower bound
 * (1), and each element with its length (arrayfuncs.c, array_recv). All big-endian, where Arrow is little-endian: the bytes are
 * turned around in a loop over plain ints, which is a small part of what sending them takes. Not thread-safe.
 */
final class VectorField {

    private static final VarHandle ARROW = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final int FLOAT4_OID = 700;
    private static final int ARRAY_HEADER = 5 * Integer.BYTES;
    private static final int VECTOR_HEADER = 2 * Short.BYTES;
    private static final int ELEMENT = Integer.BYTES + Float.BYTES;

    private static final int SIZE = 0x7fff_ffff; // all bits but the sign
    private static final int EXPONENT_STEP = 0x0080_0000;

    /** From here on a half would be infinite: it lies in the middle between the largest and what would follow. */
    private static final int HALF_OVERFLOW = Float.floatToRawIntBits(65_520f);

    private final VectorType type;
    private final int dimension;
    private final byte[] numbers; // [d] little-endian

    VectorField(VectorType type, int dimension) {
        this.type = type;
        this.dimension = dimension;
        this.numbers = new byte[dimension * Float.BYTES];
    }

    /**
     * Writes one.
     *
     * @param floats [rows, d] row-major, little-endian
     * @return why it cannot be stored; then what was written is to be cut off
     */
    Optional<String> write(CopyWriter into, ArrowBuf floats, int row) {
        floats.getBytes((long) row * numbers.length, numbers, 0, numbers.length);
        return switch (type) {
            case VECTOR -> writeVector(into);
            case HALFVEC -> writeHalves(into);
            case REAL -> writeArray(into);
        };
    }

    private Optional<String> writeVector(CopyWriter into) {
        into.putInt(VECTOR_HEADER + numbers.length);
        header(into);
        into.ensure(numbers.length);
        var bytes = into.bytes();
        var to = into.position();
        var sizes = 0;
        for (var i = 0; i < numbers.length; i += Float.BYTES) {
            var bits = (int) ARROW.get(numbers, i);
            sizes |= (bits & SIZE) + EXPONENT_STEP; // negative for infinities and what is no number
            INT.set(bytes, to + i, bits);
        }
        into.advance(numbers.length);
        return sizes < 0 ? Optional.of(notFinite()) : Optional.empty();
    }

    private void header(CopyWriter into) {
        into.putShort((short) dimension);
        into.putShort((short) 0);
    }

    private Optional<String> writeHalves(CopyWriter into) {
        into.putInt(VECTOR_HEADER + dimension * Short.BYTES);
        header(into);
        into.ensure(dimension * Short.BYTES);
        var bytes = into.bytes();
        var to = into.position();
        for (var i = 0; i < dimension; i++) {
            var bits = (int) ARROW.get(numbers, i * Float.BYTES);
            if ((bits & SIZE) >= HALF_OVERFLOW) {
                return Optional.of(beyondHalves(i, Float.intBitsToFloat(bits)));
            }
            SHORT.set(bytes, to + i * Short.BYTES, Halves.of(Float.intBitsToFloat(bits)));
        }
        into.advance(dimension * Short.BYTES);
        return Optional.empty();
    }

    private String beyondHalves(int place, float number) {
        return Float.isFinite(number)
                ? "expected numbers that halfvec can hold, up to 65504, found %s as number %d of the vector"
                        .formatted(number, place)
                : notFinite();
    }

    private Optional<String> writeArray(CopyWriter into) {
        into.putInt(ARRAY_HEADER + dimension * ELEMENT);
        into.putInt(1);
        into.putInt(0);
        into.putInt(FLOAT4_OID);
        into.putInt(dimension);
        into.putInt(1);
        into.ensure(dimension * ELEMENT);
        var bytes = into.bytes();
        var to = into.position();
        var sizes = 0;
        for (var i = 0; i < dimension; i++) {
            var bits = (int) ARROW.get(numbers, i * Float.BYTES);
            sizes |= (bits & SIZE) + EXPONENT_STEP;
            LONG.set(bytes, to + i * ELEMENT, (long) Float.BYTES << Integer.SIZE | Integer.toUnsignedLong(bits));
        }
        into.advance(dimension * ELEMENT);
        return sizes < 0 ? Optional.of(notFinite()) : Optional.empty();
    }

    private String notFinite() {
        for (var i = 0; i < dimension; i++) {
            var number = Float.intBitsToFloat((int) ARROW.get(numbers, i * Float.BYTES));
            if (!Float.isFinite(number)) {
                return "expected finite numbers, found %s as number %d of the vector".formatted(number, i);
            }
        }
        throw new AssertionError("all numbers are finite");
    }
}
