package dev.packhorse.engine.families;

import dev.packhorse.engine.transformer.Dense;
import dev.packhorse.engine.transformer.LayerWeights;
import dev.packhorse.engine.transformer.Norm;
import dev.packhorse.engine.transformer.TransformerShape;
import java.util.List;
import java.util.Optional;

/**
 * A family of encoders: what its config.json means, and under which names its weights stand. Implementations have no
 * state.
 */
interface Family {

    /** The values of config.json's {@code model_type} that are of this family. */
    List<String> modelTypes();

    /**
     * The shape that a configuration describes. What we cannot run is remembered by the configuration.
     *
     * @throws dev.packhorse.engine.contract.ModelException when what must be there is missing or senseless
     */
    TransformerShape shape(Config config);

    /** The name of the table of words, [V, E]; most families have it from BERT. */
    default String wordEmbeddings() {
        return "embeddings.word_embeddings.weight";
    }

    /** See {@link dev.packhorse.engine.transformer.TransformerWeights#positionEmbeddings}. */
    float[] positionEmbeddings(TransformerShape shape, Tensors tensors);

    /** The norm of the embeddings, of E numbers; most families have its name from BERT. */
    default Norm embeddingNorm(TransformerShape shape, Tensors tensors) {
        return tensors.norm("embeddings.LayerNorm", shape.embedding());
    }

    default Optional<Dense> embeddingProjection(TransformerShape shape, Tensors tensors) {
        return Optional.empty();
    }

    default float[] relativeBias(TransformerShape shape, Tensors tensors) {
        return new float[0];
    }

    LayerWeights layer(TransformerShape shape, Tensors tensors, int layer);

    default Optional<Norm> finalNorm(TransformerShape shape, Tensors tensors) {
        return Optional.empty();
    }
}
