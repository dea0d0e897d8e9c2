package dev.packhorse.engine.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.Optional;

/** Whether ONNX Runtime computes on GPUs in this process, and how a session is told to. Thread-safe. */
public final class CudaSupport {

    private CudaSupport() {}

    /** Why this process has no GPU for ONNX Runtime, in a sentence that says what to do; empty where it has. */
    public static Optional<String> missing() {
        return Optional.of("expected a GPU, found none");
    }

    /**
     * Why one of the GPUs cannot be used; empty where it can.
     *
     * @param index its place among those that this process sees, from 0
     */
    public static Optional<String> missing(int index) {
        return missing();
    }

    /** How many GPUs this process sees, whether ONNX Runtime can use them or not. */
    public static int devices() {
        return 0;
    }

    /**
     * Makes a session compute on a GPU.
     *
     * @param index its place among those that this process sees, from 0
     * @throws OrtException when CUDA's provider cannot be loaded, or refuses
     */
    public static void addTo(OrtSession.SessionOptions options, int index) throws OrtException {
        options.addCUDA(index);
    }
}
