package dev.packhorse.engine.families;

import dev.packhorse.engine.transformer.FeedForward;
import dev.packhorse.engine.transformer.LayerWeights;
import dev.packhorse.engine.transformer.TransformerShape;
import java.util.List;

/** BERT (Devlin et al., arXiv 1810.04805); names: transformers, models/bert/modeling_bert.py. */
final class BertFamily implements Family {

    @Override
    public List<String> modelTypes() {
        return List.of("bert");
    }

    @Override
    public TransformerShape shape(Config config) {
        return shape(config, config.positive("max_position_embeddings"));
    }

    /** What BERT and its kin have in common. */
    static TransformerShape shape(Config config, int positions) {
        config.expect("position_embedding_type", "absolute");
        config.expect("is_decoder", "false");
        config.expect("add_cross_attention", "false");
        var hidden = config.positive("hidden_size");
        return TransformerShape.bert(
                        hidden,
                        config.layers("num_hidden_layers"),
                        config.heads(hidden, "num_attention_heads"),
                        config.positive("intermediate_size"),
                        config.positive("vocab_size"),
                        positions,
                        (float) config.number(1e-12, "layer_norm_eps"))
                .with(new FeedForward(config.activation("gelu", "hidden_act"), false));
    }

    @Override
    public float[] positionEmbeddings(TransformerShape shape, Tensors tensors) {
        var table = tensors.tensor("embeddings.position_embeddings.weight", shape.positions(), shape.embedding());
        return withTokenType(shape, tensors, table);
    }

    /** Adds the embedding of token type 0, which is all that one text alone has, to each row. */
    static float[] withTokenType(TransformerShape shape, Tensors tensors, float[] positions) {
        var type = tensors.firstRow("embeddings.token_type_embeddings.weight", shape.embedding());
        for (var i = 0; i < positions.length; i++) {
            positions[i] += type[i % type.length];
        }
        return positions;
    }

    @Override
    public LayerWeights layer(TransformerShape shape, Tensors tensors, int layer) {
        var names = new Ungated(
                "encoder.layer." + layer,
                ".attention.self.query",
                ".attention.self.key",
                ".attention.self.value",
                ".attention.output.dense",
                ".attention.output.LayerNorm",
                ".intermediate.dense",
                ".output.dense",
                ".output.LayerNorm");
        return names.read(shape, tensors);
    }
}
