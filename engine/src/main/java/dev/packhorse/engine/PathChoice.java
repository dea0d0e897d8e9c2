package dev.packhorse.engine;

/** Which path is taken. */
public enum PathChoice {
    /** The fast one where all its conditions are met, else the slow one. */
    AUTO("auto"),
    /** Packed tokens without padding through layers of our own; a condition that is not met is an error. */
    FAST("fast"),
    /** The model's ONNX file as it is, padded, on ONNX Runtime. */
    SLOW("slow");

    private final String id;

    PathChoice(String id) {
        this.id = id;
    }

    /** The name that options use. */
    public String id() {
        return id;
    }
}
