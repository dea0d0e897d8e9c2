package dev.packhorse.engine.onnx;

import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.nested.NestedBatch;
import java.nio.FloatBuffer;

/**
 * Pools token vectors that lie in a padded rectangle. Reads each row's own tokens and never the padding behind them.
 *
 * @param pooling how token vectors become one
 * @param normalize whether to scale each vector to length 1
 */
record PaddedPooler(Pooling pooling, boolean normalize) {

    /**
     * @param hidden [B, S, H] row-major, S the longest row of the batch
     * @return [B, H] row-major
     */
    float[] pool(NestedBatch batch, FloatBuffer hidden, int hiddenSize) {
        var pooled = new float[batch.size() * hiddenSize]; // [B, H]
        var token = new float[hiddenSize]; // [H]
        var offsets = batch.offsets();
        for (var b = 0; b < batch.size(); b++) {
            var first = b * batch.longest() * hiddenSize;
            var length = offsets.get(b + 1) - offsets.get(b);
            switch (pooling) {
                case CLS -> hidden.get(first, pooled, b * hiddenSize, hiddenSize);
                case MEAN -> mean(hidden, first, length, token, pooled, b * hiddenSize);
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
