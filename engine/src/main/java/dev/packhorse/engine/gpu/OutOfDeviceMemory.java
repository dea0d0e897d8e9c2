package dev.packhorse.engine.gpu;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Tells a device's memory that ran out, after which a smaller launch may succeed, from all else that a library says: there is
 * no error of its own for that, only a message. Thread-safe.
 */
public final class OutOfDeviceMemory {

    /** As ONNX Runtime words it; its own, and what it passes on of CUDA and cuBLAS. */
    private static final List<String> MESSAGES = List.of(
            "failed to allocate memory for requested buffer of size", // core/framework/bfc_arena.cc, ExtendOrThrow
            "is smaller than requested bytes of", // the same where the arena has a limit
            "cuda failure 2:", // core/providers/cuda/cuda_call.cc, with the error's number
            "cudaerrormemoryallocation",
            "out of memory", // cudaGetErrorString of the same
            "cublas_status_alloc_failed",
            "cudnn_status_alloc_failed");

    /** Causes that are looked at; a library's exception is wrapped once or twice. */
    private static final int DEEPEST = 8;

    private OutOfDeviceMemory() {}

    /** Whether that is what happened, by its message or that of a cause. */
    public static boolean happened(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .limit(DEEPEST)
                .anyMatch(cause -> happened(String.valueOf(cause.getMessage())));
    }

    private static boolean happened(String message) {
        var lower = message.toLowerCase(Locale.ROOT);
        return MESSAGES.stream().anyMatch(lower::contains);
    }
}
