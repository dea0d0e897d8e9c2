package dev.packhorse.engine.synthetic;

/** What a model's weights are written as. */
public enum Format {
    /** {@code model.safetensors}. */
    SAFETENSORS,
    /** {@code model.onnx}, whose weights lie in {@code model.safetensors}: that is written with it. */
    ONNX,
    /** {@code torchscript/model.pt}, with weights of its own. */
    TORCHSCRIPT
}
