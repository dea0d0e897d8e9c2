package dev.packhorse.engine;

/** Where an encoder computes. */
public enum Device {
    CPU("cpu");

    private final String id;

    Device(String id) {
        this.id = id;
    }

    /** The name that options, manifests and logs use. */
    public String id() {
        return id;
    }
}
