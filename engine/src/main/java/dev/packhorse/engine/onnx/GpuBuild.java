package dev.packhorse.engine.onnx;

/** The builds of ONNX Runtime that compute on GPUs: a CUDA's libraries are of use to one of them alone. */
enum GpuBuild {
    /** Microsoft's own jar, which has the Java classes too. */
    CUDA_12("CUDA 12", "com.microsoft.onnxruntime:onnxruntime_gpu", NativeJar.FOLDER, ""),
    /** Native libraries alone, on which Microsoft's Java classes and JNI library of the same version run. */
    CUDA_13(
            "CUDA 13",
            "org.bytedeco:onnxruntime with the classifier linux-x86_64-gpu",
            "org/bytedeco/onnxruntime/linux-x86_64-gpu/",
            ".1");

    private final String cuda;
    private final String artifact;
    private final String folder;
    private final String suffix;

    GpuBuild(String cuda, String artifact, String folder, String suffix) {
        this.cuda = cuda;
        this.artifact = artifact;
        this.folder = folder;
        this.suffix = suffix;
    }

    /** Whose libraries it needs, as people call it. */
    String cuda() {
        return cuda;
    }

    /** What Maven calls it. */
    String artifact() {
        return artifact;
    }

    /** The runtime's library within the jar. */
    String runtime() {
        return folder + NativeJar.RUNTIME + suffix;
    }

    /** What loads a provider, within the jar. */
    String shared() {
        return folder + "libonnxruntime_providers_shared.so";
    }

    /** CUDA's provider within the jar. */
    String provider() {
        return folder + "libonnxruntime_providers_cuda.so";
    }
}
