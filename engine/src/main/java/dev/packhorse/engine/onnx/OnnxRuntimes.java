package dev.packhorse.engine.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import dev.packhorse.engine.contract.EncoderException;

/** ONNX Runtime's native library, of which a process loads one. Thread-safe. */
public final class OnnxRuntimes {

    private OnnxRuntimes() {}

    /**
     * What every session is opened with; the first call loads the native library.
     *
     * @throws EncoderException when it cannot be loaded, or it is unclear which one
     */
    public static OrtEnvironment environment() {
        return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "packhorse");
    }
}
