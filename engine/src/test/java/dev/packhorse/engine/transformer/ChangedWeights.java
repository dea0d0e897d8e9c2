package dev.packhorse.engine.transformer;

import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The weights of another, some of them changed.
 *
 * @param words changes the words' embeddings, [V, E]
 * @param layers changes each layer
 */
public record ChangedWeights(
        TransformerWeights weights, Consumer<FloatBuffer> words, UnaryOperator<LayerWeights> layers)
        implements TransformerWeights {

    @Override
    public TransformerShape shape() {
        return weights.shape();
    }

    @Override
    public void wordEmbeddings(FloatBuffer into) {
        var table = into.slice();
        weights.wordEmbeddings(into);
        words.accept(table);
    }

    @Override
    public float[] positionEmbeddings() {
        return weights.positionEmbeddings();
    }

    @Override
    public Norm embeddingNorm() {
        return weights.embeddingNorm();
    }

    @Override
    public Optional<Dense> embeddingProjection() {
        return weights.embeddingProjection();
    }

    @Override
    public float[] relativeBias() {
        return weights.relativeBias();
    }

    @Override
    public Optional<Norm> finalNorm() {
        return weights.finalNorm();
    }

    @Override
    public LayerWeights layer(int layer) {
        return layers.apply(weights.layer(layer));
    }

    @Override
    public void close() {
        weights.close();
    }
}
