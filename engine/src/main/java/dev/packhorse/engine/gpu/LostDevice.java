package dev.packhorse.engine.gpu;

import dev.packhorse.engine.contract.BrokenEncoderException;
import dev.packhorse.engine.contract.Device;
import java.util.List;
import java.util.Locale;

/**
 * Tells errors after which CUDA answers nothing more in a process: a kernel that went wrong, a GPU that broke. Only the
 * process's end helps (docs.nvidia.com/cuda/cuda-runtime-api, cudaError: "the process must be terminated and relaunched").
 * Thread-safe.
 */
public final class LostDevice {

    /** As ONNX Runtime words it (core/providers/cuda/cuda_call.cc), by number and by cudaGetErrorString. */
    private static final List<String> MESSAGES = List.of(
            "cuda failure 214:", // uncorrectable ECC error
            "cuda failure 700:",
            "cuda failure 709:", // the context is destroyed
            "cuda failure 710:", // device-side assert
            "cuda failure 714:", // hardware stack error
            "cuda failure 715:", // illegal instruction
            "cuda failure 716:", // misaligned address
            "cuda failure 717:", // invalid address space
            "cuda failure 718:", // invalid program counter
            "cuda failure 719:",
            "an illegal memory access was encountered",
            "unspecified launch failure",
            "uncorrectable ecc error");

    private LostDevice() {}

    /** Whether that is what happened. */
    public static boolean happened(Throwable failure) {
        var lower = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return MESSAGES.stream().anyMatch(lower::contains);
    }

    /** What to throw then. */
    public static BrokenEncoderException broken(Device device, Throwable failure) {
        return new BrokenEncoderException(
                "%s: expected it to compute, found that it does nothing more in this process, for %s; restart the executor"
                        .formatted(device.id(), failure.getMessage()),
                failure);
    }
}
