package dev.packhorse.engine.families;

import dev.packhorse.engine.transformer.FeedForward;
import dev.packhorse.engine.transformer.LayerAttention;
import dev.packhorse.engine.transformer.LayerWeights;
import dev.packhorse.engine.transformer.TransformerShape;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * GTE v1.5 and multilingual (Zhang et al., arXiv 2407.19669): BERT with rotary positions and a gated feed-forward
 * network. Names: as on the hub (Alibaba-NLP/new-impl, modeling.py), or as transformers 5 has them
 * (models/gte/modeling_gte.py).
 */
final class GteFamily implements Family {

    @Override
    public List<String> modelTypes() {
        return List.of("new", "gte");
    }

    @Override
    public TransformerShape shape(Config config) {
        config.expect("position_embedding_type", "rope");
        config.expect("layer_norm_type", "layer_norm");
        config.expect("logn_attention_scale", "false");
        var hidden = config.positive("hidden_size");
        var layers = config.layers("num_hidden_layers");
        var heads = config.evenHeads(hidden, "num_attention_heads");
        var rotation = Ropes.maybeStretched(
                config,
                config.get(config.has("rope_parameters") ? "rope_parameters" : "rope_scaling"),
                config.number(160_000, "rope_theta"),
                hidden / heads);
        return TransformerShape.bert(
                        hidden,
                        layers,
                        heads,
                        config.positive("intermediate_size"),
                        config.positive("vocab_size"),
                        config.unboundPositions("max_position_embeddings"),
                        (float) config.number(1e-12, "layer_norm_eps"))
                .with(new FeedForward(config.activation("gelu", "hidden_act"), true))
                .with(Collections.nCopies(layers, new LayerAttention(LayerAttention.ALL, rotation)));
    }

    @Override
    public float[] positionEmbeddings(TransformerShape shape, Tensors tensors) {
        return Gated.tokenType(shape, tensors);
    }

    @Override
    public LayerWeights layer(TransformerShape shape, Tensors tensors, int layer) {
        var h = shape.hidden();
        var f = shape.intermediate();
        var name = "encoder.layer." + layer;
        if (!tensors.has(name + ".attention.qkv_proj.weight")) {
            return Gated.layer(shape, tensors, layer);
        }
        var gateAndUp = tensors.denseMaybeWithoutBias(name + ".mlp.up_gate_proj", h, 2 * f);
        return new LayerWeights(
                Optional.of(tensors.norm(name + ".attn_ln", h)),
                LayerWeights.queryKeyValue(
                        tensors.denseMaybeWithoutBias(name + ".attention.qkv_proj", h, 3 * h), shape.headSize()),
                tensors.denseMaybeWithoutBias(name + ".attention.o_proj", h, h),
                tensors.norm(name + ".mlp_ln", h),
                gateAndUp.outputs(f, f), // what is activated; the hub's code calls it the gate
                Optional.of(gateAndUp.outputs(0, f)),
                tensors.denseMaybeWithoutBias(name + ".mlp.down_proj", f, h));
    }
}
