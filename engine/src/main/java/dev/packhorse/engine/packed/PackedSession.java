package dev.packhorse.engine.packed;

import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.EncoderInfo;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.gpu.DeviceSession;
import dev.packhorse.engine.gpu.RowSlice;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.onnx.GraphSession;
import dev.packhorse.engine.onnxgraph.ElementType;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.transformer.TransformerShape;
import dev.packhorse.engine.transformer.TransformerWeights;
import java.util.List;
import java.util.OptionalInt;

/**
 * A model's packed graph in an ONNX Runtime session: only ids go in and only vectors come out.
 *
 * <p>Its weights are in native memory while it is opened, and then the runtime's. One thread opens, runs and closes it.
 */
public final class PackedSession implements DeviceSession {

    private final GraphSession session;
    private final PackedFeeds feeds;
    private final EncoderInfo info;

    private PackedSession(GraphSession session, PackedFeeds feeds, EncoderInfo info) {
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
            NativeMemory memory, TransformerWeights weights, Pooler pooler, Precision precision, Target target) {
        var onGpu = target instanceof Target.Gpu;
        try (var graph =
                PackedGraph.of(memory, weights, pooler, onGpu ? Flavour.CUDA : Flavour.STANDARD, type(precision))) {
            var session = GraphSession.open(graph.bytes(), graph.weights().all(), gpu(target), threads(target));
            var feeds = new PackedFeeds(graph.inputs(), weights.shape(), pooler, graph.widthMultiple());
            var info = new EncoderInfo(
                    "onnxruntime-nested",
                    target.device(),
                    precision,
                    onGpu ? gpuKernel(weights.shape()) : "ONNX's operators",
                    pooler.dimension(weights.shape().hidden()),
                    false,
                    "fast path: all conditions met");
            return new PackedSession(session, feeds, info);
        }
    }

    /** With a bias by distance, ONNX Runtime takes another kernel than flash attention. */
    private static String gpuKernel(TransformerShape shape) {
        return DistanceBias.isNeeded(shape) ? "PackedMultiHeadAttention with a bias" : "PackedMultiHeadAttention";
    }

    private static ElementType type(Precision precision) {
        return switch (precision) {
            case FLOAT32 -> ElementType.FLOAT;
            case FLOAT16 -> ElementType.FLOAT16;
            case BFLOAT16, INT8 ->
                throw new EncoderException("expected float16 or float32 for a packed graph, found " + precision.id());
        };
    }

    private static OptionalInt gpu(Target target) {
        return target instanceof Target.Gpu gpu ? OptionalInt.of(gpu.index()) : OptionalInt.empty();
    }

    private static int threads(Target target) {
        return target instanceof Target.Cpu cpu ? cpu.threads() : 1;
    }

    @Override
    public EncoderInfo info() {
        return info;
    }

    @Override
    public float[] launch(List<RowSlice> rows) {
        feeds.fill(rows, info.dimension());
        session.run(feeds.feeds(), PackedGraph.VECTORS, feeds.answer(), feeds.rows(), info.dimension());
        var vectors = new float[feeds.rows() * info.dimension()]; // [B, D]
        feeds.answer().get(0, vectors);
        return vectors;
    }

    @Override
    public void close() {
        session.close();
    }
}
