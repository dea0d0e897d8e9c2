package dev.packhorse.engine.families;

import dev.packhorse.engine.transformer.FeedForward;
import dev.packhorse.engine.transformer.LayerWeights;
import dev.packhorse.engine.transformer.TransformerShape;
import java.util.List;

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
                        config.layers("n_layers", "num_hidden_layers"),
                        config.heads(hidden, "n_heads", "num_attention_heads"),
                        config.positive("hidden_dim"),
                        config.positive("vocab_size"),
                        config.positive("max_position_embeddings"),
                        EPSILON)
                .with(new FeedForward(config.activation("gelu", "activation"), false));
    }

    @Override
    public float[] positionEmbeddings(TransformerShape shape, Tensors tensors) {
        return tensors.tensor("embeddings.position_embeddings.weight", shape.positions(), shape.embedding());
    }

    @Override
    public LayerWeights layer(TransformerShape shape, Tensors tensors, int layer) {
        var names = new Ungated(
                "transformer.layer." + layer,
                ".attention.q_lin",
                ".attention.k_lin",
                ".attention.v_lin",
                ".attention.out_lin",
                ".sa_layer_norm",
                ".ffn.lin1",
                ".ffn.lin2",
                ".output_layer_norm");
        return names.read(shape, tensors);
    }
}
