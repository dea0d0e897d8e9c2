package dev.packhorse.engine.output;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Turns vectors of float32 numbers into the bytes that are stored.
 *
 * <p>The formulas are those of {@code quantize_embeddings} of sentence-transformers 6.0 (util/quantization.py), in its
 * float32 arithmetic. int8 and uint8 are {@code clip(floor((x - least) / step), 0, 255)}, less 128 for int8, with
 * {@code step = (greatest - least) / 255}, or 1 where a dimension never varies. A number outside the ranges is clipped to
 * them; releases of sentence-transformers before it did so let numpy wrap it around. float16 rounds to the nearest, ties
 * to even, and takes what is beyond 65,504 as that, where numpy gives infinity. Immutable, thread-safe.
 */
public final class VectorQuantizer implements Serializable {

    private static final int LAST_STEP = 255;

    private final OutputPrecision precision;
    private final int dimension;
    private final float[] starts; // [D], or [0] without ranges
    private final float[] steps; // [D], or [0] without ranges

    private VectorQuantizer(OutputPrecision precision, int dimension, float[] starts, float[] steps) {
        this.precision = precision;
        this.dimension = dimension;
        this.starts = starts;
        this.steps = steps;
    }

    /**
     * A quantizer.
     *
     * @param dimension D
     * @param ranges of D dimensions; for int8 and uint8, others take no notice of them
     * @throws IllegalArgumentException when the precision is float32, or needs ranges that are not there or of another
     *     dimension
     */
    public static VectorQuantizer of(OutputPrecision precision, int dimension, Optional<Ranges> ranges) {
        if (!precision.isBytes()) {
            throw new IllegalArgumentException("expected a precision that is stored as bytes, found " + precision.id());
        }
        if (!precision.needsRanges()) {
            return new VectorQuantizer(precision, dimension, new float[0], new float[0]);
        }
        if (ranges.map(Ranges::dimension).orElse(-1) != dimension) {
            throw new IllegalArgumentException("%s: expected ranges of %d dimensions, found %s"
                    .formatted(
                            precision.id(),
                            dimension,
                            ranges.map(found -> String.valueOf(found.dimension()))
                                    .orElse("none")));
        }
        var least = ranges.get().least();
        var greatest = ranges.get().greatest();
        var steps = new float[dimension];
        for (var d = 0; d < dimension; d++) {
            var step = (greatest[d] - least[d]) / LAST_STEP;
            steps[d] = step == 0 ? 1 : step;
        }
        return new VectorQuantizer(precision, dimension, least, steps);
    }

    /**
     * Quantizes one vector.
     *
     * @param vector [D], all finite
     * @return as many bytes as {@link OutputPrecision#bytes} says
     * @throws IllegalArgumentException when the vector is of another length
     */
    public byte[] quantize(float[] vector) {
        if (vector.length != dimension) {
            throw new IllegalArgumentException(
                    "expected a vector of %d numbers, found %d".formatted(dimension, vector.length));
        }
        return switch (precision) {
            case FLOAT32 -> throw new IllegalStateException("of() lets no float32 in");
            case FLOAT16 -> halves(vector);
            case INT8 -> steps(vector, Byte.MIN_VALUE);
            case UINT8 -> steps(vector, 0);
            case BINARY -> bits(vector, Byte.MIN_VALUE);
            case UBINARY -> bits(vector, 0);
        };
    }

    private static byte[] halves(float[] vector) {
        var bytes = ByteBuffer.allocate(vector.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (var value : vector) {
            bytes.putShort(Halves.of(value));
        }
        return bytes.array();
    }

    private byte[] steps(float[] vector, int first) {
        var bytes = new byte[dimension];
        for (var d = 0; d < dimension; d++) {
            var step = Math.floor((vector[d] - starts[d]) / steps[d]);
            bytes[d] = (byte) (first + (int) Math.min(Math.max(step, 0), LAST_STEP));
        }
        return bytes;
    }

    /** numpy.packbits: the last byte is filled up with zero bits. */
    private static byte[] bits(float[] vector, int first) {
        var bytes = new byte[(vector.length + Byte.SIZE - 1) / Byte.SIZE];
        for (var d = 0; d < vector.length; d++) {
            if (vector[d] > 0) {
                bytes[d / Byte.SIZE] |= (byte) (0x80 >>> d % Byte.SIZE);
            }
        }
        for (var b = 0; b < bytes.length; b++) {
            bytes[b] = (byte) (bytes[b] + first);
        }
        return bytes;
    }
}
