package dev.packhorse.engine;

/** The numbers that the layers are computed in; vectors are float32 whatever it is. */
public enum Precision {
    FLOAT32("float32");

    private final String id;

    Precision(String id) {
        this.id = id;
    }

    /** The name that options, manifests and logs use. */
    public String id() {
        return id;
    }
}
