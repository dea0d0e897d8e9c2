package dev.packhorse.engine.families;

import dev.packhorse.engine.transformer.Activation;
import dev.packhorse.engine.transformer.FeedForward;
import dev.packhorse.engine.transformer.LayerAttention;
import dev.packhorse.engine.transformer.LayerWeights;
import dev.packhorse.engine.transformer.Norm;
import dev.packhorse.engine.transformer.TransformerShape;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * NomicBERT (Nussbaum et al., arXiv 2402.01613): BERT with rotary positions and a gated feed-forward network. Names: as
 * on the hub (nomic-ai/nomic-bert-2048, modeling_hf_nomic_bert.py), or as transformers 5 has them
 * (models/nomic_bert/modeling_nomic_bert.py).
 */
final class NomicBertFamily implements Family {

    @Override
    public List<String> modelTypes() {
        return List.of("nomic_bert");
    }

    @Override
    public TransformerShape shape(Config config) {
        for (var flag : List.of("prenorm", "use_rms_norm", "rotary_emb_interleaved", "parallel_block", "causal")) {
            config.expect(flag, "false");
        }
        config.expect("rotary_emb_fraction", config.number(1, "rotary_emb_fraction") == 1, "1", "less");
        for (var absent : List.of("rotary_scaling_factor", "rotary_emb_scale_base", "rope_scaling")) {
            Ropes.expectNone(config, absent);
        }
        config.expect("moe_every_n_layers", "0");
        var hidden = config.positive("n_embd", "hidden_size");
        var layers = config.layers("n_layer", "num_hidden_layers");
        var rotation =
                Ropes.of(config, config.get("rope_parameters"), config.number(1_000, "rotary_emb_base", "rope_theta"));
        return TransformerShape.bert(
                        hidden,
                        layers,
                        config.evenHeads(hidden, "n_head", "num_attention_heads"),
                        config.positive("n_inner", "intermediate_size"),
                        config.positive("vocab_size"),
                        config.unboundPositions("n_positions", "max_position_embeddings"),
                        (float) config.number(1e-12, "layer_norm_epsilon", "layer_norm_eps"))
                .with(new FeedForward(activation(config), true))
                .with(Collections.nCopies(layers, new LayerAttention(LayerAttention.ALL, rotation)));
    }

    private static Activation activation(Config config) {
        if (!config.has("activation_function")) {
            return config.activation("silu", "hidden_act");
        }
        var name = config.get("activation_function").asText();
        config.expect("activation_function", name.equals("swiglu") || name.equals("geglu"), "swiglu or geglu", name);
        return name.equals("geglu") ? Activation.GELU : Activation.SILU;
    }

    @Override
    public float[] positionEmbeddings(TransformerShape shape, Tensors tensors) {
        return Gated.tokenType(shape, tensors);
    }

    @Override
    public Norm embeddingNorm(TransformerShape shape, Tensors tensors) {
        return tensors.norm(tensors.has("emb_ln.weight") ? "emb_ln" : "embeddings.LayerNorm", shape.hidden());
    }

    @Override
    public LayerWeights layer(TransformerShape shape, Tensors tensors, int layer) {
        var h = shape.hidden();
        var f = shape.intermediate();
        var name = "encoder.layers." + layer;
        if (!tensors.has(name + ".attn.Wqkv.weight")) {
            return Gated.layer(shape, tensors, layer);
        }
        return new LayerWeights(
                Optional.of(tensors.norm(name + ".norm1", h)),
                LayerWeights.queryKeyValue(
                        tensors.denseMaybeWithoutBias(name + ".attn.Wqkv", h, 3 * h), shape.headSize()),
                tensors.denseMaybeWithoutBias(name + ".attn.out_proj", h, h),
                tensors.norm(name + ".norm2", h),
                tensors.denseMaybeWithoutBias(name + ".mlp.fc12", h, f),
                Optional.of(tensors.denseMaybeWithoutBias(name + ".mlp.fc11", h, f)),
                tensors.denseMaybeWithoutBias(name + ".mlp.fc2", f, h));
    }
}
