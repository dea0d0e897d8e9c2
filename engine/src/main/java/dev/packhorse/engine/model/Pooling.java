package dev.packhorse.engine.model;

/** How the vectors of a row's tokens become the row's one vector. Definitions: sentence-transformers, Pooling.py. */
public enum Pooling {
    /** The vector of the first token. */
    CLS("cls"),
    /** The mean over all tokens of the row, special tokens included. */
    MEAN("mean");

    private final String id;

    Pooling(String id) {
        this.id = id;
    }

    /** The name that options, manifests and logs use. */
    public String id() {
        return id;
    }
}
