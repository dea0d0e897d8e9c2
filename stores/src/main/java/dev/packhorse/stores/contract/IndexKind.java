package dev.packhorse.stores.contract;

/** How a store finds neighbours. */
public enum IndexKind {
    /** By looking at all vectors: exact. */
    NONE("none"),
    /** A graph of neighbours (Malkov and Yashunin, arXiv:1603.09320). */
    HNSW("hnsw"),
    /** Vectors in cells, each quantized by parts (Jégou et al., 10.1109/TPAMI.2010.57). */
    IVF_PQ("ivf-pq");

    private final String id;

    IndexKind(String id) {
        this.id = id;
    }

    /** The name that options use. */
    public String id() {
        return id;
    }
}
