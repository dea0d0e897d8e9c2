package dev.packhorse.engine.families;

import dev.packhorse.engine.transformer.FeedForward;
import dev.packhorse.engine.transformer.LayerAttention;
import dev.packhorse.engine.transformer.LayerWeights;
import dev.packhorse.engine.transformer.Norm;
import dev.packhorse.engine.transformer.TransformerShape;
import dev.packhorse.engine.transformer.TransformerShape.NormOrder;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * ModernBERT (Warner et al., arXiv 2412.13663): norms before the sublayers, gated feed-forward networks, rotary positions,
 * and layers that see all of a row in turn with layers that see a window; names: transformers,
 * models/modernbert/modeling_modernbert.py.
 */
final class ModernBertFamily implements Family {

    private static final String GLOBAL = "full_attention";
    private static final String LOCAL = "sliding_attention";

    @Override
    public List<String> modelTypes() {
        return List.of("modernbert");
    }

    @Override
    public TransformerShape shape(Config config) {
        var hidden = config.positive("hidden_size");
        var layers = config.layers("num_hidden_layers");
        Ropes.expectNone(config, "rope_scaling");
        return TransformerShape.bert(
                        hidden,
                        layers,
                        config.evenHeads(hidden, "num_attention_heads"),
                        config.positive("intermediate_size"),
                        config.positive("vocab_size"),
                        config.unboundPositions("max_position_embeddings"),
                        (float) config.number(1e-5, "norm_eps"))
                .with(NormOrder.BEFORE)
                .with(new FeedForward(config.activation("gelu", "hidden_activation"), true))
                .with(attention(config, layers));
    }

    private static List<LayerAttention> attention(Config config, int layers) {
        var rotations = config.get("rope_parameters");
        var global = new LayerAttention(
                LayerAttention.ALL,
                Ropes.of(config, rotations.path(GLOBAL), config.number(160_000, "global_rope_theta")));
        var local = new LayerAttention(
                (int) config.number(128, "local_attention") / 2, // to either side
                Ropes.of(config, rotations.path(LOCAL), config.number(10_000, "local_rope_theta")));
        var types = config.get("layer_types");
        if (types.isMissingNode()) {
            var every = config.has("global_attn_every_n_layers") ? config.positive("global_attn_every_n_layers") : 3;
            return IntStream.range(0, layers)
                    .mapToObj(i -> i % every == 0 ? global : local)
                    .toList();
        }
        config.expect(
                "layer_types",
                types.size() == layers
                        && IntStream.range(0, layers)
                                .allMatch(i -> isKnown(types.get(i).asText())),
                "%d of %s and %s".formatted(layers, GLOBAL, LOCAL),
                types.toString());
        return IntStream.range(0, layers)
                .mapToObj(i -> types.path(i).asText().equals(GLOBAL) ? global : local)
                .toList();
    }

    private static boolean isKnown(String type) {
        return type.equals(GLOBAL) || type.equals(LOCAL);
    }

    @Override
    public String wordEmbeddings() {
        return "embeddings.tok_embeddings.weight";
    }

    @Override
    public float[] positionEmbeddings(TransformerShape shape, Tensors tensors) {
        return new float[0];
    }

    @Override
    public Norm embeddingNorm(TransformerShape shape, Tensors tensors) {
        return tensors.normMaybeWithoutBias("embeddings.norm", shape.hidden());
    }

    @Override
    public LayerWeights layer(TransformerShape shape, Tensors tensors, int layer) {
        var h = shape.hidden();
        var f = shape.intermediate();
        var name = "layers." + layer;
        var upAndGate = tensors.denseMaybeWithoutBias(name + ".mlp.Wi", h, 2 * f);
        return new LayerWeights(
                // the first layer's would norm what the embeddings' norm gave
                layer == 0 ? Optional.empty() : Optional.of(tensors.normMaybeWithoutBias(name + ".attn_norm", h)),
                LayerWeights.queryKeyValue(
                        tensors.denseMaybeWithoutBias(name + ".attn.Wqkv", h, 3 * h), shape.headSize()),
                tensors.denseMaybeWithoutBias(name + ".attn.Wo", h, h),
                tensors.normMaybeWithoutBias(name + ".mlp_norm", h),
                upAndGate.outputs(0, f),
                Optional.of(upAndGate.outputs(f, f)),
                tensors.denseMaybeWithoutBias(name + ".mlp.Wo", f, h));
    }

    @Override
    public Optional<Norm> finalNorm(TransformerShape shape, Tensors tensors) {
        return Optional.of(tensors.normMaybeWithoutBias("final_norm", shape.hidden()));
    }
}
