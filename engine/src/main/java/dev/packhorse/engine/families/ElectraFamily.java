package dev.packhorse.engine.families;

import dev.packhorse.engine.transformer.Dense;
import dev.packhorse.engine.transformer.LayerWeights;
import dev.packhorse.engine.transformer.TransformerShape;
import java.util.List;
import java.util.Optional;

/**
 * ELECTRA (Clark et al., arXiv 2003.10555): BERT whose embeddings may be narrower than its layers; names: transformers,
 * models/electra/modeling_electra.py.
 */
final class ElectraFamily implements Family {

    private static final BertFamily BERT = new BertFamily();

    @Override
    public List<String> modelTypes() {
        return List.of("electra");
    }

    @Override
    public TransformerShape shape(Config config) {
        var shape = BERT.shape(config);
        return config.has("embedding_size") ? shape.withEmbedding(config.positive("embedding_size")) : shape;
    }

    @Override
    public float[] positionEmbeddings(TransformerShape shape, Tensors tensors) {
        return BERT.positionEmbeddings(shape, tensors);
    }

    @Override
    public Optional<Dense> embeddingProjection(TransformerShape shape, Tensors tensors) {
        return shape.embedding() == shape.hidden()
                ? Optional.empty()
                : Optional.of(tensors.dense("embeddings_project", shape.embedding(), shape.hidden()));
    }

    @Override
    public LayerWeights layer(TransformerShape shape, Tensors tensors, int layer) {
        return BERT.layer(shape, tensors, layer);
    }
}
