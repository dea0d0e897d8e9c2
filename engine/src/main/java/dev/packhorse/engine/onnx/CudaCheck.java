package dev.packhorse.engine.onnx;

import ai.onnxruntime.OrtException;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.gpu.OutOfDeviceMemory;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds out once what a process lacks for CUDA, the cheapest first; what is loaded and plugged in stays as it is. Thread-safe. */
final class CudaCheck {

    /** What is tried, which fails where a library or the driver does. */
    interface Trial {

        /** Loads CUDA's provider. */
        void load() throws OrtException;

        /** Opens a session on a GPU, and closes it. */
        void open(int index) throws OrtException;
    }

    /** The system's reason stands behind ONNX Runtime's words. */
    private static final Pattern REASON = Pattern.compile("with error: (.*)", Pattern.DOTALL);

    private final GpuDevices devices;
    private final Supplier<Optional<NativeJar>> build;
    private final Trial trial;
    private final Map<Integer, Optional<String>> byGpu = new HashMap<>();
    private Optional<Optional<String>> all = Optional.empty();

    /** @param build that which is loaded, as {@link OnnxRuntimes.Loaded} has it */
    CudaCheck(GpuDevices devices, Supplier<Optional<NativeJar>> build, Trial trial) {
        this.devices = devices;
        this.build = build;
        this.trial = trial;
    }

    int devices() {
        return devices.count();
    }

    /** As {@link CudaSupport#missing()}. */
    synchronized Optional<String> missing() {
        if (all.isEmpty()) {
            all = Optional.of(devices.count() == 0 ? Optional.of(noGpu()) : libraries());
        }
        return all.get();
    }

    private String noGpu() {
        return "expected a GPU of NVIDIA's that this process may use, found none: " + devices.found();
    }

    private Optional<String> libraries() {
        try {
            var jar = build.get();
            return jar.isEmpty() ? Optional.of(noBuild()) : provider(jar.get());
        } catch (EncoderException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static String noBuild() {
        return "expected a build of ONNX Runtime for GPUs on the class path, found none; on Linux x86-64 add %s"
                .formatted(Stream.of(GpuBuild.values())
                        .map(build -> "%s for %s".formatted(build.artifact(), build.cuda()))
                        .collect(Collectors.joining(", or ")));
    }

    private Optional<String> provider(NativeJar jar) {
        try {
            trial.load();
            return Optional.empty();
        } catch (OrtException e) {
            var cuda = jar.build().map(GpuBuild::cuda).orElse("CUDA");
            return Optional.of(
                    "expected the libraries of %s and cuDNN 9, which %s needs, found: %s; install them, or name their folders in LD_LIBRARY_PATH, or take the build for another CUDA"
                            .formatted(cuda, jar.place(), reason(e)));
        }
    }

    private static String reason(OrtException e) {
        var message = String.valueOf(e.getMessage()).strip();
        var reason = REASON.matcher(message);
        return reason.find() ? reason.group(1) : message;
    }

    /** As {@link CudaSupport#missing(int)}. */
    synchronized Optional<String> missing(int index) {
        return missing().or(() -> Optional.ofNullable(byGpu.get(index)).orElseGet(() -> tried(index)));
    }

    /** As {@link CudaSupport#lost}. */
    synchronized void lost(int index, String reason) {
        byGpu.put(index, Optional.of(reason));
    }

    private Optional<String> tried(int index) {
        if (index < 0 || index >= devices.count()) {
            return Optional.of("expected a GPU %d, found %d that this process may use, numbered from 0: %s"
                    .formatted(index, devices.count(), devices.found()));
        }
        var found = Optional.<String>empty();
        var stays = true;
        try {
            trial.open(index);
        } catch (OrtException e) {
            found = Optional.of(
                    "expected a GPU %d on which ONNX Runtime opens a session, found: %s".formatted(index, reason(e)));
            stays = !OutOfDeviceMemory.happened(e); // a process that is about to end may hold it all
        }
        if (stays) {
            byGpu.put(index, found);
        }
        return found;
    }
}
