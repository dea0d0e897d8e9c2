package dev.packhorse.engine.transformer;

import java.util.Optional;

/**
 * One layer of an encoder, as all families here have it; on the heap, and not to be changed. With x [T, H] the token
 * vectors, where norms stand after the residuals:
 *
 * <pre>
 * q, k, v = queryKeyValue(x)                          // [T, H] each, the scores' factor 1 / sqrt(head size) within q
 * a = softmax(q k') v, for each row and each head     // [T, H]
 * x = attentionNorm(x + attentionOutput(a))
 * x = feedForwardNorm(x + down(activation(up(x)) * gate(x)))
 * </pre>
 *
 * and where they stand before the sublayers, with {@code y = attentionNorm(x)} and then {@code y = feedForwardNorm(x)}:
 *
 * <pre>
 * q, k, v = queryKeyValue(y)
 * x = x + attentionOutput(a)
 * x = x + down(activation(up(y)) * gate(y))
 * </pre>
 *
 * @param attentionNorm empty where that place has none
 * @param queryKeyValue H to 3 H: the three maps side by side
 * @param attentionOutput H to H
 * @param up H to F
 * @param gate H to F; empty where nothing is gated
 * @param down F to H
 */
public record LayerWeights(
        Optional<Norm> attentionNorm,
        Dense queryKeyValue,
        Dense attentionOutput,
        Norm feedForwardNorm,
        Dense up,
        Optional<Dense> gate,
        Dense down) {

    /**
     * Puts the three maps of attention together, H to H each; copies them.
     *
     * @param headSize the width of one head, whose root the scores are divided by (Vaswani et al., arXiv 1706.03762)
     */
    public static Dense queryKeyValue(Dense query, Dense key, Dense value, int headSize) {
        return Dense.sideBySide(query.scaled((float) (1 / Math.sqrt(headSize))), key, value);
    }

    /** The same where the three already stand side by side. */
    public static Dense queryKeyValue(Dense all, int headSize) {
        var h = all.inputs();
        return queryKeyValue(all.outputs(0, h), all.outputs(h, h), all.outputs(2 * h, h), headSize);
    }
}
