package dev.packhorse.stores.contract;

import java.util.List;

/** Asks a store for neighbours, by the index that it has. Not thread-safe. */
public interface VectorSearch extends AutoCloseable {

    /**
     * The ids of the nearest vectors, the nearest first.
     *
     * @param vector [d]
     * @param k how many
     */
    List<String> nearest(float[] vector, int k);

    /** How many rows the store has. */
    long rows();

    /** Ends the work; may be called twice. */
    @Override
    void close();
}
