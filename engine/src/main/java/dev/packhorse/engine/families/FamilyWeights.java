package dev.packhorse.engine.families;

import dev.packhorse.engine.transformer.Dense;
import dev.packhorse.engine.transformer.LayerWeights;
import dev.packhorse.engine.transformer.Norm;
import dev.packhorse.engine.transformer.TransformerShape;
import dev.packhorse.engine.transformer.TransformerWeights;
import java.nio.FloatBuffer;
import java.util.Optional;

/** A family's names, one model's sizes and its tensors, put together. */
record FamilyWeights(Family family, TransformerShape shape, Tensors tensors) implements TransformerWeights {

    @Override
    public void wordEmbeddings(FloatBuffer into) {
        tensors.tensor(family.wordEmbeddings(), into, shape.vocabulary(), shape.embedding());
    }

    @Override
    public float[] positionEmbeddings() {
        return family.positionEmbeddings(shape, tensors);
    }

    @Override
    public Norm embeddingNorm() {
        return family.embeddingNorm(shape, tensors);
    }

    @Override
    public Optional<Dense> embeddingProjection() {
        return family.embeddingProjection(shape, tensors);
    }

    @Override
    public float[] relativeBias() {
        return family.relativeBias(shape, tensors);
    }

    @Override
    public LayerWeights layer(int layer) {
        return family.layer(shape, tensors, layer);
    }

    @Override
    public Optional<Norm> finalNorm() {
        return family.finalNorm(shape, tensors);
    }

    @Override
    public void close() {
        tensors.close();
    }
}
