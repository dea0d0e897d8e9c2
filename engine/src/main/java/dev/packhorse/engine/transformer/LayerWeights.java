package dev.packhorse.engine.transformer;

/**
 * One layer of an encoder, as all families here have it. With x [T, H] the token vectors:
 *
 * <pre>
 * q, k, v = queryKeyValue(x)                          // [T, H] each, the scores' factor 1 / sqrt(head size) within q
 * a = softmax(q k') v, for each row and each head     // [T, H]
 * x = attentionNorm(x + attentionOutput(a))
 * x = feedForwardNorm(x + down(gelu(up(x))))
 * </pre>
 *
 * @param queryKeyValue H to 3 H: the three maps side by side
 * @param attentionOutput H to H
 * @param up H to F
 * @param down F to H
 */
public record LayerWeights(
        Dense queryKeyValue, Dense attentionOutput, Norm attentionNorm, Dense up, Dense down, Norm feedForwardNorm) {

    /**
     * Puts the three maps of attention together.
     *
     * @param headSize the width of one head, whose root the scores are divided by
     */
    static Dense queryKeyValue(Dense query, Dense key, Dense value, int headSize) {
        return Dense.sideBySide(query.scaled((float) (1 / Math.sqrt(headSize))), key, value);
    }
}
