package dev.packhorse.engine.families;

import dev.packhorse.engine.transformer.FeedForward;
import dev.packhorse.engine.transformer.LayerWeights;
import dev.packhorse.engine.transformer.Norm;
import dev.packhorse.engine.transformer.TransformerShape;
import java.util.List;
import java.util.Optional;

/**
 * DistilBERT (Sanh et al., arXiv 1910.01108): BERT without token types; names: transformers,
 * models/distilbert/modeling_distilbert.py.
 */
final class DistilBertFamily implements Family {

    /** Not in its configuration. */
    private static final float EPSILON = 1e-12f;

    @Override
    public List<String> modelTypes() {
        return List.of("distilbert");
    }

    @Override
    public TransformerShape shape(Config config) {
        var hidden = config.positive("dim", "hidden_size");
        return TransformerShape.bert(
                        hidden,
                        config.positive("n_layers", "num_hidden_layers"),
                        config.heads(hidden, "n_heads", "num_attention_heads"),
                        config.positive("hidden_dim"),
                        config.positive("vocab_size"),
                        config.positive("max_position_embeddings"),
                        EPSILON)
                .with(new FeedForward(config.activation("gelu", "activation"), false));
    }

    @Override
    public String wordEmbeddings() {
        return "embeddings.word_embeddings.weight";
    }

    @Override
    public float[] positionEmbeddings(TransformerShape shape, Tensors tensors) {
        return tensors.tensor("embeddings.position_embeddings.weight", shape.positions(), shape.embedding());
    }

    @Override
    public Norm embeddingNorm(TransformerShape shape, Tensors tensors) {
        return tensors.norm("embeddings.LayerNorm", shape.embedding());
    }

    @Override
    public LayerWeights layer(TransformerShape shape, Tensors tensors, int layer) {
        var h = shape.hidden();
        var f = shape.intermediate();
        var name = "transformer.layer." + layer;
        return new LayerWeights(
                Optional.of(tensors.norm(name + ".sa_layer_norm", h)),
                LayerWeights.queryKeyValue(
                        tensors.dense(name + ".attention.q_lin", h, h),
                        tensors.dense(name + ".attention.k_lin", h, h),
                        tensors.dense(name + ".attention.v_lin", h, h),
                        shape.headSize()),
                tensors.dense(name + ".attention.out_lin", h, h),
                tensors.norm(name + ".output_layer_norm", h),
                tensors.dense(name + ".ffn.lin1", h, f),
                Optional.empty(),
                tensors.dense(name + ".ffn.lin2", f, h));
    }
}
