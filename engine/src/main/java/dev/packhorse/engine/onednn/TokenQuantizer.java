package dev.packhorse.engine.onednn;

/** Finds the scale and the zero point of one token after the other; see {@link Quantizer}. Not thread-safe. */
final class TokenQuantizer {

    private final float[] least;
    private final float[] greatest;

    /** @param widest the most values that a token has */
    TokenQuantizer(int widest) {
        this.least = new float[widest];
        this.greatest = new float[widest];
    }

    /** A token's s and z. */
    record TokenScale(float scale, int zeroPoint) {}

    /**
     * Scales one token's values so that they only need rounding: {@code x / s + z}, from 0 to 255.
     *
     * @param values x, [K]; replaced
     * @return s and z
     */
    TokenScale scale(float[] values) {
        findExtremes(values);
        // zero must be among the integers, so that what is zero stays so
        var low = Math.min(0, least[0]);
        var high = Math.max(0, greatest[0]);
        var scale = Math.max((high - low) / 255, 1e-12f);
        var zeroPoint = Math.round(-low / scale);
        var inverse = 1 / scale;
        for (var k = 0; k < values.length; k++) {
            values[k] = values[k] * inverse + zeroPoint;
        }
        return new TokenScale(scale, zeroPoint);
    }

    /**
     * Puts the extremes in front, by folding the upper half onto the lower one again and again: the compiler makes vector
     * instructions of that, and none of a loop that carries one value along.
     */
    private void findExtremes(float[] values) {
        var half = values.length / 2;
        var size = values.length - half;
        System.arraycopy(values, half, least, 0, size);
        System.arraycopy(values, half, greatest, 0, size);
        fold(values, 0, half);
        while (size > 1) {
            half = size / 2;
            size -= half;
            foldOnto(half, size);
        }
    }

    private void fold(float[] values, int from, int count) {
        for (var i = 0; i < count; i++) {
            least[i] = Math.min(least[i], values[from + i]);
            greatest[i] = Math.max(greatest[i], values[from + i]);
        }
    }

    private void foldOnto(int count, int from) {
        for (var i = 0; i < count; i++) {
            least[i] = Math.min(least[i], least[from + i]);
            greatest[i] = Math.max(greatest[i], greatest[from + i]);
        }
    }
}
