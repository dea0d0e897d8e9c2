package dev.packhorse.engine.onnx;

import java.util.Optional;

/** Says whether ONNX Runtime can compute on GPUs in this process. Thread-safe. */
public final class CudaSupport {

    private CudaSupport() {}

    /** Why there is no CUDA for ONNX Runtime in this process; empty where there is. */
    public static Optional<String> missing() {
        return Optional.of("no GPU build of ONNX Runtime on the class path");
    }

    /** Why that GPU cannot be had; empty where it can. */
    public static Optional<String> missing(int index) {
        return missing();
    }

    /** How many GPUs this process sees. */
    public static int devices() {
        return 0;
    }
}
