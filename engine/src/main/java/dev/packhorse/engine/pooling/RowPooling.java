package dev.packhorse.engine.pooling;

import dev.packhorse.engine.model.Pooling;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Pools one row after another, with one pass over a row's tokens whatever the poolings are. One thread at a time.
 *
 * <p>Definitions: sentence-transformers 6, modules/pooling.py, {@code _forward_padded}.
 */
final class RowPooling {

    private final List<Pooling> poolings;
    private final FloatBuffer hidden; // [tokens, H]
    private final int hiddenSize;
    private final float[] token; // [H]

    // [H] each, empty where no pooling asks for it
    private final float[] sum;
    private final float[] weightedSum;
    private final float[] greatest;

    RowPooling(List<Pooling> poolings, FloatBuffer hidden, int hiddenSize) {
        this.poolings = poolings;
        this.hidden = hidden;
        this.hiddenSize = hiddenSize;
        this.token = new float[hiddenSize];
        this.sum = room(poolings.contains(Pooling.MEAN) || poolings.contains(Pooling.MEAN_SQRT_LEN));
        this.weightedSum = room(poolings.contains(Pooling.WEIGHTED_MEAN));
        this.greatest = room(poolings.contains(Pooling.MAX));
    }

    private float[] room(boolean needed) {
        return new float[needed ? hiddenSize : 0];
    }

    /**
     * @param first index of the row's first token in {@code hidden}
     * @param skipped how many of its tokens are not pooled, fewer than its length
     * @param pooled gets poolings * H numbers from {@code at} on
     */
    void pool(int first, int skipped, int length, float[] pooled, int at) {
        if (sum.length + weightedSum.length + greatest.length > 0) {
            pass(first, skipped, length);
        }
        var to = at;
        for (var pooling : poolings) {
            switch (pooling) {
                case CLS -> copy(first + skipped, pooled, to);
                case LAST_TOKEN -> copy(first + length - 1, pooled, to);
                case MAX -> System.arraycopy(greatest, 0, pooled, to, hiddenSize);
                case MEAN -> divide(sum, length - skipped, pooled, to);
                case MEAN_SQRT_LEN -> divide(sum, (float) Math.sqrt(length - skipped), pooled, to);
                case WEIGHTED_MEAN -> divide(weightedSum, sumOfPlaces(skipped, length), pooled, to);
            }
            to += hiddenSize;
        }
    }

    /** Only what is asked for has a length, so that the other loops end before they begin. */
    private void pass(int first, int skipped, int length) {
        Arrays.fill(sum, 0);
        Arrays.fill(weightedSum, 0);
        Arrays.fill(greatest, Float.NEGATIVE_INFINITY);
        for (var s = skipped; s < length; s++) {
            hidden.get((first + s) * hiddenSize, token);
            for (var h = 0; h < sum.length; h++) {
                sum[h] += token[h];
            }
            var place = (float) (s + 1);
            for (var h = 0; h < weightedSum.length; h++) {
                weightedSum[h] += token[h] * place;
            }
            for (var h = 0; h < greatest.length; h++) {
                greatest[h] = Math.max(greatest[h], token[h]);
            }
        }
    }

    /** Places count from 1 at the row's first token, pooled or not. */
    private static float sumOfPlaces(int skipped, int length) {
        return (float) (length * (length + 1.0) / 2 - skipped * (skipped + 1.0) / 2);
    }

    private void copy(int index, float[] pooled, int to) {
        hidden.get(index * hiddenSize, pooled, to, hiddenSize);
    }

    private static void divide(float[] sums, float divisor, float[] pooled, int to) {
        for (var h = 0; h < sums.length; h++) {
            pooled[to + h] = sums[h] / divisor;
        }
    }
}
