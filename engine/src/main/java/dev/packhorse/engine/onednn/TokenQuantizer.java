package dev.packhorse.engine.onednn;

/** Finds the scale and the zero point of one token after the other; see {@link Quantizer}. Not thread-safe. */
final class TokenQuantizer {

    /** Below that, one loop is quicker than further folding. */
    private static final int FOLDED = 100;

    private final float[] least;
    private final float[] greatest;
    private final float[] upper;

    /** @param widest the most values that a token has */
    TokenQuantizer(int widest) {
        this.least = new float[widest];
        this.greatest = new float[widest];
        this.upper = new float[widest];
    }

    /** A token's s and z. */
    record TokenScale(float scale, int zeroPoint) {}

    /**
     * Scales one token's values so that they only need rounding: {@code x / s + z}, from 0 to 255.
     *
     * @param values x, [K]; replaced
     * @return s and z; s is not finite where a value is not
     */
    TokenScale scale(float[] values) {
        // zero must be among the integers, so that what is zero stays so
        var low = Math.min(0, least(values));
        var high = Math.max(0, greatest(values));
        var scale = Math.max((high - low) / 255, 1e-12f);
        var zeroPoint = Math.round(-low / scale);
        var inverse = 1 / scale;
        for (var k = 0; k < values.length; k++) {
            values[k] = values[k] * inverse + zeroPoint;
        }
        return new TokenScale(scale, zeroPoint);
    }

    /**
     * The least value; not a number where one of them is none, for an integer would hide it. Halves are folded onto each other first: the compiler makes vector instructions of a loop over two
     * arrays at one index, and none of a loop that carries one value along. Half the time of that at 1,536 values.
     */
    private float least(float[] values) {
        System.arraycopy(values, 0, least, 0, values.length);
        var size = values.length;
        while (size > FOLDED) {
            var half = size / 2;
            size -= half;
            System.arraycopy(least, size, upper, 0, half);
            keepLesser(least, upper, half);
        }
        var value = Float.POSITIVE_INFINITY;
        for (var k = 0; k < size; k++) {
            if (!(least[k] >= value)) { // less, or not a number
                value = least[k];
                if (Float.isNaN(value)) {
                    break;
                }
            }
        }
        return value;
    }

    private static void keepLesser(float[] values, float[] others, int count) {
        for (var i = 0; i < count; i++) {
            values[i] = Math.min(values[i], others[i]);
        }
    }

    /** The greatest value; see {@link #least}. */
    private float greatest(float[] values) {
        System.arraycopy(values, 0, greatest, 0, values.length);
        var size = values.length;
        while (size > FOLDED) {
            var half = size / 2;
            size -= half;
            System.arraycopy(greatest, size, upper, 0, half);
            keepGreater(greatest, upper, half);
        }
        var value = Float.NEGATIVE_INFINITY;
        for (var k = 0; k < size; k++) {
            if (!(greatest[k] <= value)) { // greater, or not a number
                value = greatest[k];
                if (Float.isNaN(value)) {
                    break;
                }
            }
        }
        return value;
    }

    private static void keepGreater(float[] values, float[] others, int count) {
        for (var i = 0; i < count; i++) {
            values[i] = Math.max(values[i], others[i]);
        }
    }
}
