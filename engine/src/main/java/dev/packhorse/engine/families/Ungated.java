package dev.packhorse.engine.families;

import dev.packhorse.engine.transformer.LayerWeights;
import dev.packhorse.engine.transformer.TransformerShape;
import java.util.Optional;

/**
 * The names of a layer that is BERT's: three maps for queries, keys and values, norms after the residuals, two maps with
 * an activation between them.
 *
 * @param layer what stands before all of the others
 */
record Ungated(
        String layer,
        String query,
        String key,
        String value,
        String attentionOutput,
        String attentionNorm,
        String up,
        String down,
        String feedForwardNorm) {

    LayerWeights read(TransformerShape shape, Tensors tensors) {
        var h = shape.hidden();
        var f = shape.intermediate();
        return new LayerWeights(
                Optional.of(tensors.norm(layer + attentionNorm, h)),
                LayerWeights.queryKeyValue(
                        tensors.dense(layer + query, h, h),
                        tensors.dense(layer + key, h, h),
                        tensors.dense(layer + value, h, h),
                        shape.headSize()),
                tensors.dense(layer + attentionOutput, h, h),
                tensors.norm(layer + feedForwardNorm, h),
                tensors.dense(layer + up, h, f),
                Optional.empty(),
                tensors.dense(layer + down, f, h));
    }
}
