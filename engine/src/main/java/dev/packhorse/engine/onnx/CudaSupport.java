package dev.packhorse.engine.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import dev.packhorse.engine.onnxgraph.Dimension;
import dev.packhorse.engine.onnxgraph.ElementType;
import dev.packhorse.engine.onnxgraph.GraphBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether ONNX Runtime computes on GPUs in this process, and how a session is told to. Answers are found once and stay: what
 * is on the class path, plugged in and installed does not change under a process. Thread-safe.
 */
public final class CudaSupport {

    private static final CudaCheck CHECK = check(GpuDevices.here());

    private CudaSupport() {}

    static CudaCheck check(GpuDevices devices) {
        return new CudaCheck(devices, () -> OnnxRuntimes.loaded().gpu(), new Sessions());
    }

    /**
     * Why this process has no GPU for ONNX Runtime, in a sentence that says what to do; empty where its libraries load and it
     * sees a GPU. The first call loads ONNX Runtime where there is a GPU.
     */
    public static Optional<String> missing() {
        return CHECK.missing();
    }

    /**
     * Why one of the GPUs cannot be used, as {@link #missing()}, and after that by opening a small session on it: too old a
     * driver shows only then. Empty where it can.
     *
     * @param index its place among those that this process sees, from 0
     */
    public static Optional<String> missing(int index) {
        return CHECK.missing(index);
    }

    /** Remembers that a GPU is of no use any more in this process: that is its answer from now on. */
    static void lost(int index, String reason) {
        CHECK.lost(index, reason);
    }

    /**
     * How many GPUs this process sees, whether ONNX Runtime can use them or not: those of the machine or container that
     * CUDA_VISIBLE_DEVICES leaves. CUDA's libraries are not asked.
     */
    public static int devices() {
        return CHECK.devices();
    }

    /**
     * Makes a session compute on a GPU. Options by their names (onnxruntime.ai/docs/execution-providers/
     * CUDA-ExecutionProvider.html):
     *
     * <ul>
     *   <li>{@code enable_skip_layer_norm_strict_mode}: layer norms of half floats sum in float32, as all our encoders do
     *   <li>{@code use_tf32} off: where a graph has float32, that is what its vectors are said to be made with; products of
     *       half floats, which are what takes the time, know no TF32
     *   <li>{@code arena_extend_strategy}: device memory grows by what is asked for; doubled, as the default has it, batches of
     *       hundreds of shapes take twice what they need
     * </ul>
     *
     * @param options the caller's, who closes them; made by {@link OnnxRuntimes#options()}
     * @param index its place among those that this process sees, from 0
     * @throws OrtException when CUDA's provider cannot be loaded, or refuses
     */
    public static void addTo(OrtSession.SessionOptions options, int index) throws OrtException {
        try (var cuda = new OrtCUDAProviderOptions(index)) {
            cuda.add("enable_skip_layer_norm_strict_mode", "1");
            cuda.add("use_tf32", "0");
            cuda.add("arena_extend_strategy", "kSameAsRequested");
            options.addCUDA(cuda);
        }
    }

    /** What is tried on this machine. */
    private static final class Sessions implements CudaCheck.Trial {

        @Override
        public void load() throws OrtException {
            try (var options = OnnxRuntimes.options()) {
                addTo(options, 0);
            }
        }

        @Override
        public void open(int index) throws OrtException {
            var environment = OnnxRuntimes.environment();
            try (var options = OnnxRuntimes.options()) {
                addTo(options, index);
                environment.createSession(graph(), options).close();
            }
        }

        /** One that computes nothing. */
        private static byte[] graph() {
            var graph = new GraphBuilder("trial");
            var x = graph.input("x", ElementType.FLOAT, Dimension.of(1));
            graph.output("y", graph.node("Identity", List.of(x)), ElementType.FLOAT, Dimension.of(1));
            return graph.toBytes(8, Map.of("", 17));
        }
    }
}
