package dev.packhorse.engine.packed;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.EncoderInfo;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.gpu.DeviceSession;
import dev.packhorse.engine.gpu.OutOfDeviceMemoryException;
import dev.packhorse.engine.gpu.RowSlice;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.onnx.CudaSupport;
import dev.packhorse.engine.onnx.OnnxRuntimes;
import dev.packhorse.engine.onnxgraph.ElementType;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.transformer.TransformerWeights;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model's packed graph in an ONNX Runtime session: only ids go in and only vectors come out.
 *
 * <p>Its weights are in native memory while it is opened, and then the runtime's. One thread opens, runs and closes it.
 */
public final class PackedSession implements DeviceSession {

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final PackedFeeds feeds;
    private final EncoderInfo info;
    private boolean closed;

    private PackedSession(OrtEnvironment environment, OrtSession session, PackedFeeds feeds, EncoderInfo info) {
        this.environment = environment;
        this.session = session;
        this.feeds = feeds;
        this.info = info;
    }

    /**
     * Writes a model's graph and opens it.
     *
     * @param memory where weights lie meanwhile
     * @param weights left open; not used afterwards
     * @param pooler what the graph does to token vectors
     * @param precision FLOAT32 or FLOAT16
     * @throws EncoderException when the precision is another, a weight does not fit it, or the runtime does not open it there
     */
    public static PackedSession open(
            NativeMemory memory, TransformerWeights weights, Pooler pooler, Precision precision, Placement placement) {
        try (var graph = PackedGraph.of(memory, weights, pooler, flavour(placement), type(precision))) {
            var environment = OnnxRuntimes.environment();
            var info = new EncoderInfo(
                    "onnxruntime-nested",
                    placement.device(),
                    precision,
                    kernel(placement),
                    pooler.dimension(weights.shape().hidden()),
                    false,
                    "fast path: all conditions met");
            var feeds = new PackedFeeds(graph.inputs(), weights.shape(), pooler, graph.widthMultiple());
            return new PackedSession(environment, session(environment, graph, placement), feeds, info);
        }
    }

    private static Flavour flavour(Placement placement) {
        return placement instanceof Placement.Gpu ? Flavour.CUDA : Flavour.STANDARD;
    }

    private static String kernel(Placement placement) {
        return placement instanceof Placement.Gpu ? "PackedMultiHeadAttention" : "ONNX's operators";
    }

    private static ElementType type(Precision precision) {
        return switch (precision) {
            case FLOAT32 -> ElementType.FLOAT;
            case FLOAT16 -> ElementType.FLOAT16;
            case BFLOAT16, INT8 ->
                throw new EncoderException("expected float16 or float32 for a packed graph, found " + precision.id());
        };
    }

    private static OrtSession session(OrtEnvironment environment, PackedGraph graph, Placement placement) {
        Map<String, OnnxTensorLike> weights = Map.of();
        try (var options = options(placement)) {
            weights = graph.weights().tensors(environment);
            options.addExternalInitializers(weights);
            return environment.createSession(graph.bytes(), options);
        } catch (OrtException e) {
            throw new EncoderException(
                    "expected ONNX Runtime to open the model's graph on %s, found: %s"
                            .formatted(placement.device().id(), e.getMessage()),
                    e);
        } finally {
            weights.values().forEach(OnnxTensorLike::close);
        }
    }

    private static OrtSession.SessionOptions options(Placement placement) throws OrtException {
        var threads = placement instanceof Placement.Cpu cpu ? cpu.threads() : 1;
        var options = OnnxRuntimes.options(threads, false);
        try {
            if (placement instanceof Placement.Gpu gpu) {
                CudaSupport.addTo(options, gpu.index());
            }
            return options;
        } catch (OrtException | RuntimeException e) {
            options.close();
            throw e;
        }
    }

    @Override
    public EncoderInfo info() {
        return info;
    }

    @Override
    public float[] launch(List<RowSlice> rows) {
        feeds.fill(rows, info.dimension());
        try {
            var tensors = feeds.tensors(environment);
            try (var answer = OnnxTensor.createTensor(
                    environment, feeds.answer(), new long[] {feeds.rows(), info.dimension()})) {
                session.run(tensors, Set.of(), Map.of(PackedGraph.VECTORS, answer))
                        .close();
            } finally {
                tensors.values().forEach(OnnxTensor::close);
            }
        } catch (OrtException e) {
            if (OutOfDeviceMemoryException.happened(e)) {
                throw new OutOfDeviceMemoryException(e.getMessage(), e);
            }
            throw new EncoderException("ONNX Runtime failed: " + e.getMessage(), e);
        }
        var vectors = new float[feeds.rows() * info.dimension()]; // [B, D]
        feeds.answer().get(0, vectors);
        return vectors;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                session.close();
            } catch (OrtException e) {
                throw new EncoderException("ONNX Runtime could not close its session: " + e.getMessage(), e);
            }
        }
    }
}
