package dev.packhorse.lance.table;

import dev.packhorse.stores.contract.IndexKind;
import java.io.Serializable;

/**
 * The index that was asked for.
 *
 * @param m neighbours of a vector in an HNSW graph
 * @param efConstruction candidates for each vector while the graph is built
 * @param efSearch candidates for each search
 */
record IndexPlan(IndexKind kind, int m, int efConstruction, int efSearch) implements Serializable {}
