package dev.packhorse.engine.transformer;

import java.nio.FloatBuffer;

/**
 * The weights of one model. Adding a family is one implementation: where its tensors stand in the description of a
 * layer. They are handed out piece by piece, so that an encoder can bring each into its own layout before the next.
 */
public interface TransformerWeights extends AutoCloseable {

    TransformerShape shape();

    /** Reads the word embeddings, [V, H] row-major, into a buffer of that size. */
    void wordEmbeddings(FloatBuffer into);

    /** What is added to a word's embedding at each position, [P, H] row-major: position and token type. */
    float[] positionEmbeddings();

    /** The norm over the sum of the embeddings. */
    Norm embeddingNorm();

    /** Reads a layer's weights, {@code 0 <= layer < shape().layers()}. */
    LayerWeights layer(int layer);

    @Override
    void close();
}
