package dev.packhorse.stores.chroma;

import java.io.Serializable;

/**
 * Which collection, and how it is made.
 *
 * @param m neighbours of a vector in the graph
 * @param efConstruction candidates while it is built
 * @param efSearch candidates while it is asked
 * @param batchRows most rows of a request
 */
record ChromaSettings(String tenant, String database, int m, int efConstruction, int efSearch, int batchRows)
        implements Serializable {}
