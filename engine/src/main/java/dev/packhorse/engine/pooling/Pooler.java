package dev.packhorse.engine.pooling;

import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.nested.NestedBatch;
import java.nio.FloatBuffer;
import java.util.function.IntUnaryOperator;

/**
 * Pools token vectors, wherever an encoder left them. Reads each row's own tokens and never what lies behind them.
 *
 * @param pooling how token vectors become one
 * @param normalize whether to scale each vector to length 1
 */
public record Pooler(Pooling pooling, boolean normalize) {

    /**
     * Pools vectors that lie packed, as the batch's tokens do.
     *
     * @param hidden [T, H] row-major
     * @return [B, H] row-major
     */
    public float[] packed(NestedBatch batch, FloatBuffer hidden, int hiddenSize) {
        return pool(batch, hidden, hiddenSize, batch.offsets()::get);
    }

    /**
     * Pools vectors that lie in a padded rectangle.
     *
     * @param hidden [B, S, H] row-major, S the longest row of the batch
     * @return [B, H] row-major
     */
    public float[] padded(NestedBatch batch, FloatBuffer hidden, int hiddenSize) {
        return pool(batch, hidden, hiddenSize, b -> b * batch.longest());
    }

    /** @param firstToken of each row, the index of its first token among all token vectors */
    private float[] pool(NestedBatch batch, FloatBuffer hidden, int hiddenSize, IntUnaryOperator firstToken) {
        var pooled = new float[batch.size() * hiddenSize]; // [B, H]
        var token = new float[hiddenSize]; // [H]
        var offsets = batch.offsets();
        for (var b = 0; b < batch.size(); b++) {
            var first = firstToken.applyAsInt(b) * hiddenSize;
            switch (pooling) {
                case CLS -> hidden.get(first, pooled, b * hiddenSize, hiddenSize);
                case MAX, MEAN_SQRT_LEN, WEIGHTED_MEAN, LAST_TOKEN ->
                    throw new UnsupportedOperationException(pooling.id());
                case MEAN -> mean(hidden, first, offsets.get(b + 1) - offsets.get(b), token, pooled, b * hiddenSize);
            }
            if (normalize) {
                normalize(pooled, b * hiddenSize, hiddenSize);
            }
        }
        return pooled;
    }

    private static void mean(FloatBuffer hidden, int first, int length, float[] token, float[] pooled, int at) {
        for (var s = 0; s < length; s++) {
            hidden.get(first + s * token.length, token);
            for (var h = 0; h < token.length; h++) {
                pooled[at + h] += token[h];
            }
        }
        for (var h = 0; h < token.length; h++) {
            pooled[at + h] /= length;
        }
    }

    /** Divides by the Euclidean length, which is taken as at least 1e-12 as in torch.nn.functional.normalize. */
    private static void normalize(float[] vectors, int at, int size) {
        var squares = 0.0;
        for (var h = at; h < at + size; h++) {
            squares += (double) vectors[h] * vectors[h];
        }
        var scale = (float) (1 / Math.max(Math.sqrt(squares), 1e-12));
        for (var h = at; h < at + size; h++) {
            vectors[h] *= scale;
        }
    }
}
