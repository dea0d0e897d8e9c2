package dev.packhorse.engine.onednn;

import dev.packhorse.engine.transformer.Dense;

/**
 * Turns weights into 8-bit integers, and says how inputs become them; {@link TokenQuantizer} does that.
 *
 * <p>Inputs get a scale s and a zero point z for each token, {@code x ~ s (u - z)} with u from 0 to 255: what a token's
 * values span is used in full, also after a GELU, where almost all are positive. Weights get a scale for each output
 * channel, {@code w ~ c q}. A product is then {@code x w = s c (sum u q - z sum q)}.
 *
 * <p>Without VNNI a CPU adds the products of two neighbours in 16 bits with saturation. Then scales are chosen so that no
 * two neighbouring weights of one sign add up to more than 128, for 255 * 128 is still within; that costs a third of the
 * resolution where one bit less for all would cost half. Thread-safe; all arrays are on the heap.
 */
final class Quantizer {

    private static final int GREATEST = 127;

    private Quantizer() {}

    /**
     * Quantised weights.
     *
     * @param inputs K
     * @param outputs N
     * @param values q, [N, K] row-major
     * @param scales c, [N]
     * @param sums of each channel's values, [N]
     */
    record Weights(int inputs, int outputs, byte[] values, float[] scales, int[] sums) {

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
            return ((most + GREATEST - 1) / GREATEST + 15) / 16 * 16;
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
                    var value = Math.max(-GREATEST, Math.min(GREATEST, rest));
                    padded[at + inputs + r] = (byte) value;
                    rest -= value;
                }
            }
            return padded;
        }
    }

    /**
     * What each input is multiplied with, and its weights divided by, so that both are as hard to quantise:
     * {@code sqrt(max |w| / max |x|)} of each input channel (SmoothQuant, Xiao et al., arXiv 2211.10438, equation 4 with
     * alpha 0.5), rounded to a quarter of an octave so that the last bits of a calibration do not matter.
     *
     * @param dense whose weight is [N, K]
     * @param maxima max |x|, [K]
     * @return [K]
     */
    static float[] smoothing(Dense dense, float[] maxima) {
        var inputs = dense.inputs();
        var smoothing = new float[inputs];
        for (var k = 0; k < inputs; k++) {
            var greatest = 0f;
            for (var n = 0; n < dense.outputs(); n++) {
                greatest = Math.max(greatest, Math.abs(dense.weight()[n * inputs + k]));
            }
            var ratio = Math.max(greatest, 1e-6) / Math.max(maxima[k], 1e-6);
            smoothing[k] = (float) Math.pow(2, Math.round(2 * Math.log(ratio) / Math.log(2)) / 4.0);
        }
        return smoothing;
    }

    /** The map that gives for smoothed inputs what {@code dense} gives for the inputs. */
    static Dense smoothed(Dense dense, float[] smoothing) {
        var weight = dense.weight().clone();
        for (var i = 0; i < weight.length; i++) {
            weight[i] /= smoothing[i % smoothing.length];
        }
        return new Dense(dense.inputs(), dense.outputs(), weight, dense.bias());
    }

    /**
     * Quantises a map's weights.
     *
     * @param dense whose weight is [N, K]; left as it is
     * @param vnni whether the CPU adds all products in 32 bits
     */
    static Weights quantize(Dense dense, boolean vnni) {
        var inputs = dense.inputs();
        var weight = dense.weight();
        var values = new byte[weight.length];
        var scales = new float[dense.outputs()];
        var sums = new int[dense.outputs()];
        for (var n = 0; n < scales.length; n++) {
            var span = Float.MIN_NORMAL;
            for (var k = 0; k < inputs; k++) {
                var value = weight[n * inputs + k];
                span = Math.max(span, Math.abs(value));
                if (!vnni && k % 2 == 1) {
                    span = Math.max(span, Math.abs(value + weight[n * inputs + k - 1]));
                }
            }
            scales[n] = span / GREATEST;
            for (var k = 0; k < inputs; k++) {
                var value = Math.round(weight[n * inputs + k] / scales[n]);
                values[n * inputs + k] = (byte) value;
                sums[n] += value;
            }
        }
        return new Weights(inputs, scales.length, values, scales, sums);
    }
}
