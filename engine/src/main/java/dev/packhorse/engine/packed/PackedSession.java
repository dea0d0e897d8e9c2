package dev.packhorse.engine.packed;

import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.EncoderInfo;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.gpu.DeviceSession;
import dev.packhorse.engine.gpu.RowSlice;
import dev.packhorse.engine.gpu.Vectors;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.onnx.GraphSession;
import dev.packhorse.engine.onnxgraph.ElementType;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.transformer.TransformerShape;
import dev.packhorse.engine.transformer.TransformerWeights;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntUnaryOperator;

/**
 * A model's packed graph in an ONNX Runtime session: only ids go in and only vectors come out.
 *
 * <p>Its weights are in native memory while it is opened, and then the runtime's. One thread opens, runs and closes it.
 */
public final class PackedSession implements DeviceSession {

    /** Of a rectangle: eight times the tokens of a usual launch. */
    private static final int MOST_CELLS = 262_144;

    /** Of one tensor, half of what 32 bits count. */
    private static final long MOST_NUMBERS = 1L << 30;

    private final GraphSession session;
    private final PackedFeeds feeds;
    private final EncoderInfo info;
    private final IntUnaryOperator mostCells; // of a launch's rectangle, by its width

    private PackedSession(
            GraphSession session, PackedFeeds feeds, EncoderInfo info, IntUnaryOperator mostByWidth, int mostCells) {
        this.session = session;
        this.feeds = feeds;
        this.info = info;
        this.mostCells = width -> Math.min(mostCells, mostByWidth.applyAsInt(width));
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
        return open(memory, weights, pooler, precision, target, MOST_CELLS);
    }

    /** @param mostCells of a launch's rectangle; tests have fewer */
    static PackedSession open(
            NativeMemory memory,
            TransformerWeights weights,
            Pooler pooler,
            Precision precision,
            Target target,
            int mostCells) {
        var onGpu = target instanceof Target.Gpu;
        try (var graph =
                PackedGraph.of(memory, weights, pooler, onGpu ? Flavour.CUDA : Flavour.STANDARD, type(precision))) {
            var session = GraphSession.open(graph.bytes(), graph.weights().all(), gpu(target), threads(target));
            var feeds = new PackedFeeds(graph.inputs(), weights.shape(), pooler, graph.widthMultiple());
            var info = new EncoderInfo(
                    "onnxruntime-nested",
                    target.device(),
                    precision,
                    onGpu ? gpuKernel(weights.shape(), precision) : "ONNX's operators",
                    pooler.dimension(weights.shape().hidden()),
                    false,
                    "fast path: all conditions met");
            return new PackedSession(session, feeds, info, mostNumbers(weights.shape(), onGpu, precision), mostCells);
        }
    }

    /**
     * How many cells a rectangle may have by its width, so that neither its token vectors nor, where attention itself pads, its
     * scores are more numbers than kernels count.
     */
    private static IntUnaryOperator mostNumbers(TransformerShape shape, boolean onGpu, Precision precision) {
        var attentionPads = !onGpu || precision == Precision.FLOAT32;
        return width ->
                (int) (MOST_NUMBERS / Math.max(shape.hidden(), attentionPads ? (long) shape.heads() * width : 0));
    }

    /** Which kernel ONNX Runtime takes: flash attention, but in float32 and with a bias by distance. */
    private static String gpuKernel(TransformerShape shape, Precision precision) {
        var kernel = "PackedMultiHeadAttention" + (DistanceBias.isNeeded(shape) ? " with a bias" : "");
        return precision == Precision.FLOAT32 ? kernel + ", which pads in float32" : kernel;
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
        return Vectors.joined(Rectangles.cut(rows, mostCells), RowSlice.rows(rows) * info.dimension(), this::run);
    }

    /** @return [B, D] */
    private float[] run(List<RowSlice> rows) {
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
