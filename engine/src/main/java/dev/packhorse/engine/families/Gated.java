package dev.packhorse.engine.families;

import dev.packhorse.engine.transformer.LayerWeights;
import dev.packhorse.engine.transformer.TransformerShape;
import java.util.Optional;

/** What the families with rotary positions and gates, and norms after the residuals, share. */
final class Gated {

    private static final String TOKEN_TYPES = "embeddings.token_type_embeddings.weight";

    private Gated() {}

    /** What is added to all words: the embedding of token type 0, [1, E], or nothing where there are no types. */
    static float[] tokenType(TransformerShape shape, Tensors tensors) {
        return tensors.has(TOKEN_TYPES) ? tensors.firstRow(TOKEN_TYPES, shape.embedding()) : new float[0];
    }

    /** A layer under the names that transformers 5 gives it in all these families. */
    static LayerWeights layer(TransformerShape shape, Tensors tensors, int layer) {
        var h = shape.hidden();
        var f = shape.intermediate();
        var name = "layers." + layer;
        return new LayerWeights(
                Optional.of(tensors.norm(name + ".post_attention_layernorm", h)),
                LayerWeights.queryKeyValue(
                        tensors.denseMaybeWithoutBias(name + ".self_attn.q_proj", h, h),
                        tensors.denseMaybeWithoutBias(name + ".self_attn.k_proj", h, h),
                        tensors.denseMaybeWithoutBias(name + ".self_attn.v_proj", h, h),
                        shape.headSize()),
                tensors.denseMaybeWithoutBias(name + ".self_attn.o_proj", h, h),
                tensors.norm(name + ".post_mlp_layernorm", h),
                tensors.denseMaybeWithoutBias(name + ".mlp.gate_proj", h, f), // what is activated
                Optional.of(tensors.denseMaybeWithoutBias(name + ".mlp.up_proj", h, f)),
                tensors.denseMaybeWithoutBias(name + ".mlp.down_proj", f, h));
    }
}
