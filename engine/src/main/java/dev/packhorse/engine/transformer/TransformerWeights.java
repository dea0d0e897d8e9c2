package dev.packhorse.engine.transformer;

import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * The weights of one model, whatever its family. They are handed out piece by piece, so that an encoder can bring each
 * into its own layout before the next.
 *
 * <p>Not thread-safe: they are read from a file when they are asked for. All numbers are float32, and what is handed out is
 * the caller's own copy. Whoever opens them closes them; each method that reads throws ModelException when the file cannot
 * be read or has not what the shape wants.
 */
public interface TransformerWeights extends AutoCloseable {

    /** The sizes that all arrays here have, and what is computed with them. */
    TransformerShape shape();

    /** Reads the word embeddings, [V, E] row-major, into a buffer of that size, which stays the caller's. */
    void wordEmbeddings(FloatBuffer into);

    /**
     * What is added to a word's embedding at each position, position and token type, [positionRows, E] row-major; the row
     * after the last position's is for padding tokens. [1, E] where all positions get the same, empty where nothing is
     * added.
     */
    float[] positionEmbeddings();

    /** The norm over the sum of the embeddings, of E numbers. */
    Norm embeddingNorm();

    /** The map from E to H that follows it; empty where E is H. */
    Optional<Dense> embeddingProjection();

    /**
     * What is added to a head's scores by the distance of key and query: [heads, 2 P - 1] row-major, the key's position
     * minus the query's plus P - 1. Empty unless the shape says that there is such.
     */
    float[] relativeBias();

    /** Reads a layer's weights, {@code 0 <= layer < shape().layers().size()}. */
    LayerWeights layer(int layer);

    /** The norm over the last layer's results, of H numbers; empty where norms stand after the residuals. */
    Optional<Norm> finalNorm();

    @Override
    void close();
}
