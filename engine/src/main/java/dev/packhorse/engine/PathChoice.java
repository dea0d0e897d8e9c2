package dev.packhorse.engine;

import dev.packhorse.engine.model.Model;

/** Which path is taken. */
public enum PathChoice {
    /** The fast one where all its conditions are met, else the slow one, or PyTorch where there is nothing else. */
    AUTO("auto"),
    /** Packed tokens without padding through layers of our own; a condition that is not met is an error. */
    FAST("fast"),
    /** The model's ONNX file as it is, padded, on ONNX Runtime. */
    SLOW("slow"),
    /** The model's TorchScript file as it is, padded, on PyTorch. */
    PYTORCH("pytorch");

    private final String id;

    PathChoice(String id) {
        this.id = id;
    }

    /** The name that options use. */
    public String id() {
        return id;
    }

    /** The model as this path takes it, whose fingerprint is that of the path's vectors. */
    public Model of(Model model) {
        return switch (this) {
            case AUTO, FAST, SLOW -> model;
            case PYTORCH -> model.tracedAlone();
        };
    }
}
