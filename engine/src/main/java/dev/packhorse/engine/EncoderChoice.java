package dev.packhorse.engine;

/** Which encoder is taken. */
public enum EncoderChoice {
    /** The nested one where it knows the model and the machine, else the padded one. */
    AUTO("auto"),
    /** Packed tokens without padding, on oneDNN; stops where that cannot be had. */
    NESTED("nested"),
    /** The model's ONNX file as it is, on ONNX Runtime. */
    PADDED("padded");

    private final String id;

    EncoderChoice(String id) {
        this.id = id;
    }

    /** The name that options use. */
    public String id() {
        return id;
    }
}
