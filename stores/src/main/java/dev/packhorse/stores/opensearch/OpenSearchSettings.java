package dev.packhorse.stores.opensearch;

import dev.packhorse.stores.contract.IndexKind;
import java.io.Serializable;

/**
 * How an index is made and asked.
 *
 * @param index HNSW, or none to look at all vectors
 * @param m neighbours of a vector in the graph
 * @param efConstruction candidates while it is built
 * @param efSearch candidates while it is asked
 * @param shards of a new index
 * @param replicas of each
 * @param batchRows most rows of a request
 */
record OpenSearchSettings(
        IndexKind index, int m, int efConstruction, int efSearch, int shards, int replicas, int batchRows)
        implements Serializable {}
