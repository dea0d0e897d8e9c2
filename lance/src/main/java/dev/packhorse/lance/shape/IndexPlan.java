package dev.packhorse.lance.shape;

import dev.packhorse.stores.contract.IndexKind;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.StoreOptions;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.stores.contract.VectorTable;
import java.io.Serializable;

/**
 * The index that was asked for, and how it is searched. Immutable.
 *
 * @param m neighbours of a vector in an HNSW graph
 * @param efConstruction candidates for each vector while the graph is built
 * @param efSearch candidates for each search
 */
public record IndexPlan(IndexKind kind, int m, int efConstruction, int efSearch) implements Serializable {

    /** As Lance names an index that nobody named. */
    public static final String NAME = VectorTable.VECTOR + "_idx";

    /** Fewer rows train no codes, and are looked at one by one sooner than an index would be read. */
    public static final int LEAST_ROWS = 256;

    /** Cells that a search looks into. */
    public static final int PROBES = 20;

    /** The plan of a request. */
    public static IndexPlan of(StoreRequest request, StoreKind kind) {
        return new IndexPlan(
                request.index(kind),
                request.options().get(StoreOptions.HNSW_M),
                request.options().get(StoreOptions.HNSW_EF_CONSTRUCTION),
                request.options().get(StoreOptions.EF_SEARCH));
    }

    /**
     * So many times the neighbours asked for are looked at again with their exact vectors, for codes only come near them; 8 bits
     * for a number come nearer than 8 bits for eight of them.
     */
    public int refine() {
        return switch (kind) {
            case NONE -> 1;
            case HNSW -> 5;
            case IVF_PQ -> 50;
        };
    }

    /**
     * Candidates that a graph looks at for a search; Lance wants no fewer than are refined.
     *
     * @param k neighbours asked for
     */
    public int candidates(int k) {
        return Math.max(efSearch, k * refine());
    }
}
