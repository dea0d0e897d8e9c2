package dev.packhorse.engine.onnx;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What this machine is to the builds for GPUs. */
final class GpuMachine {

    private GpuMachine() {}

    /** Skips a test where they do not run at all. */
    static void assume() {
        assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "needs Linux on x86-64, for which ONNX Runtime's builds for GPUs are");
    }

    /** The build that is tested: Maven's profile. */
    static GpuBuild build() {
        return switch (System.getProperty("packhorse.cuda")) {
            case "cuda12" -> GpuBuild.CUDA_12;
            case "cuda13" -> GpuBuild.CUDA_13;
            default -> throw new AssertionError("which profile?");
        };
    }
}
