package dev.packhorse.engine.onednn;

import dev.packhorse.engine.transformer.Dense;

/**
 * Turns floats into 8-bit integers.
 *
 * <p>Inputs get a scale s and a zero point z for each token, {@code x ~ s (u - z)} with u from 0 to 255: what a token's
 * values span is used in full, also after a GELU, where almost all are positive. Weights get a scale for each output
 * channel, {@code w ~ c q}. A product is then {@code x w = s c (sum u q - z sum q)}.
 *
 * <p>Without VNNI a CPU sums two products in 16 bits with saturation; weights of at most 64 keep 255 * 64 * 2 within.
 */
final class Quantizer {

    private static final int GREATEST = 127;
    private static final int GREATEST_WITHOUT_VNNI = 64;

    private Quantizer() {}

    /** The greatest weight that this CPU multiplies without saturation. */
    static int greatestWeight() {
        return OneDnn.hasVnni() ? GREATEST : GREATEST_WITHOUT_VNNI;
    }

    /**
     * Quantised weights.
     *
     * @param inputs K
     * @param outputs N
     * @param greatest the greatest absolute value that was allowed
     * @param values q, [N, K] row-major
     * @param scales c, [N]
     * @param sums of each channel's values, [N]
     */
    record Weights(int inputs, int outputs, int greatest, byte[] values, float[] scales, int[] sums) {

        /** How much a zero point of 1 adds to each channel's product: c times the sum of q, [N]. */
        float[] corrections() {
            var corrections = new float[outputs];
            for (var n = 0; n < outputs; n++) {
                corrections[n] = scales[n] * sums[n];
            }
            return corrections;
        }

        /** How many rows must be appended to bring each channel's sum to zero; a multiple of 16, as kernels like. */
        int zeroRows() {
            var most = 0;
            for (var sum : sums) {
                most = Math.max(most, Math.abs(sum));
            }
            return ((most + greatest - 1) / greatest + 15) / 16 * 16;
        }

        /**
         * The weights with rows appended that bring each channel's sum to zero, as far as they suffice.
         *
         * @return [N, K + rows] row-major
         */
        byte[] withZeroRows(int rows) {
            var padded = new byte[outputs * (inputs + rows)];
            for (var n = 0; n < outputs; n++) {
                var at = n * (inputs + rows);
                System.arraycopy(values, n * inputs, padded, at, inputs);
                var rest = -sums[n];
                for (var r = 0; r < rows; r++) {
                    var value = Math.max(-greatest, Math.min(greatest, rest));
                    padded[at + inputs + r] = (byte) value;
                    rest -= value;
                }
            }
            return padded;
        }
    }

    /** Quantises a map's weights to integers from {@code -greatest} to {@code greatest}. */
    static Weights quantize(Dense dense, int greatest) {
        var inputs = dense.inputs();
        var weight = dense.weight();
        var values = new byte[weight.length];
        var scales = new float[dense.outputs()];
        var sums = new int[dense.outputs()];
        for (var n = 0; n < scales.length; n++) {
            var span = Float.MIN_NORMAL;
            for (var k = 0; k < inputs; k++) {
                span = Math.max(span, Math.abs(weight[n * inputs + k]));
            }
            scales[n] = span / greatest;
            for (var k = 0; k < inputs; k++) {
                var value = Math.round(weight[n * inputs + k] / scales[n]);
                values[n * inputs + k] = (byte) value;
                sums[n] += value;
            }
        }
        return new Weights(inputs, scales.length, greatest, values, scales, sums);
    }

    /**
     * Scales one token's values so that they only need rounding: {@code x / s + z}.
     *
     * @param values x, [K]; replaced
     * @return s and z
     */
    static TokenScale scale(float[] values) {
        var least = 0f; // zero must be among the integers, so that what is zero stays so
        var greatest = 0f;
        for (var value : values) {
            least = Math.min(least, value);
            greatest = Math.max(greatest, value);
        }
        var scale = Math.max((greatest - least) / 255, 1e-12f);
        var zeroPoint = Math.round(-least / scale);
        var inverse = 1 / scale;
        for (var k = 0; k < values.length; k++) {
            values[k] = values[k] * inverse + zeroPoint;
        }
        return new TokenScale(scale, zeroPoint);
    }

    /** A token's s and z. */
    record TokenScale(float scale, int zeroPoint) {}
}
