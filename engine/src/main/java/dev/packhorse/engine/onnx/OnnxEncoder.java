package dev.packhorse.engine.onnx;

import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.contract.EncoderInfo;
import dev.packhorse.engine.contract.InUse;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.measure.Span;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFiles;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.pooling.Pooler;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/**
 * The path that takes any exported ONNX encoder as it is: pads a nested batch to a rectangle, runs the graph, and pools
 * what comes back. Slower than a nested encoder, and the reference that those are held to.
 *
 * <p>The graph's inputs must be among input_ids, attention_mask, token_type_ids and position_ids (int64 or int32,
 * [B, S]); what is read are token vectors [B, S, H] or vectors that the graph pooled itself [B, D], of floats of 16, 32
 * or 64 bits. Thread-safe: calls share one session, which computes in the caller's thread and at most
 * {@code threads - 1} of its own.
 */
public final class OnnxEncoder implements Encoder {

    private final OnnxGraph graph;
    private final EncoderInfo info;
    private final int width;
    private final Pooler pooler;
    private final ConcurrentLinkedQueue<PaddedBatch> idle = new ConcurrentLinkedQueue<>();
    private final InUse inUse = new InUse("the encoder");

    private OnnxEncoder(OnnxGraph graph, Device device, int width, Pooler pooler, String reason) {
        this.graph = graph;
        this.width = width;
        this.pooler = pooler;
        this.info = new EncoderInfo(
                "onnxruntime-padded",
                device,
                Precision.FLOAT32,
                "ONNX Runtime's own",
                pooler.dimension(width),
                true,
                reason);
    }

    /** Loads a model's graph, for rows without a prompt; otherwise as {@link #open(Model, Pooler, int, String)}. */
    public static OnnxEncoder open(Model model, int threads, String reason) {
        return open(model, Pooler.open(model.head(), 0), threads, reason);
    }

    /**
     * Loads a model's graph.
     *
     * @param pooler what carries out the model's head
     * @param threads how many threads one call may compute with, its own included
     * @param reason why this encoder was chosen
     * @throws ModelException when the file is missing or changed, is no ONNX graph, or has inputs or outputs other than
     *     those above; when it is unclear which output to read; or when the graph and the head would both pool, or neither
     */
    public static OnnxEncoder open(Model model, Pooler pooler, int threads, String reason) {
        return open(model, pooler, new Computing(threads, false, OptionalInt.empty(), Optional.empty()), reason);
    }

    /** The same for one call at a time: its threads may wait for work by spinning, for they keep nobody else from it. */
    public static OnnxEncoder openAlone(Model model, Pooler pooler, int threads, String reason) {
        return open(model, pooler, new Computing(threads, true, OptionalInt.empty(), Optional.empty()), reason);
    }

    /**
     * The same, and what the graph's operators take is written down, from the start on; that costs some time itself.
     *
     * @param profile how the name of the file begins that gets it
     */
    public static OnnxEncoder openProfiled(Model model, Pooler pooler, Path profile) {
        var computing = new Computing(1, true, OptionalInt.empty(), Optional.of(profile));
        return open(model, pooler, computing, "a profile: asked for");
    }

    /**
     * The same on a GPU; for the thread that opens it alone.
     *
     * @param index of the GPU among those that this process sees
     */
    public static OnnxEncoder openOnGpu(Model model, Pooler pooler, int index, String reason) {
        return open(model, pooler, new Computing(1, false, OptionalInt.of(index), Optional.empty()), reason);
    }

    private static OnnxEncoder open(Model model, Pooler pooler, Computing computing, String reason) {
        var file = model.graph()
                .orElseThrow(
                        () -> new ModelException(model.name() + ": expected a model with an ONNX file, found none"));
        // by way of copies: the runtime reads them outside the Java heap, and their fingerprints are checked on the way
        try (var copies = ModelFiles.copy(model.onnx())) {
            var options = new OnnxGraph.Options(
                    file.location().toString(),
                    model.onnxOutput(),
                    model.hiddenSize(),
                    model.architecture().padding(),
                    computing);
            return open(copies.path(file), options, pooler, reason);
        }
    }

    private static OnnxEncoder open(Path file, OnnxGraph.Options options, Pooler pooler, String reason) {
        var graph = OnnxGraph.open(file, options);
        try {
            checkPooledOnce(graph.output(), pooler, options.where());
            return new OnnxEncoder(graph, options.computing().device(), options.width(), pooler, reason);
        } catch (RuntimeException e) {
            graph.close();
            throw e;
        }
    }

    private static void checkPooledOnce(GraphOutput output, Pooler pooler, String where) {
        if (output.perToken() && pooler.poolings().isEmpty()) {
            throw new ModelException(
                    "%s: expected vectors that the graph pooled, found the token vectors %s; choose another output with --onnx-output, or say how to pool with --pooling"
                            .formatted(where, output.name()));
        }
        if (!output.perToken() && !pooler.poolings().isEmpty()) {
            throw new ModelException(
                    "%s: expected token vectors to pool (%s), found the output %3$s, which the graph pooled already; say --onnx-output %3$s to take its vectors as they are"
                            .formatted(
                                    where,
                                    pooler.poolings().stream().map(Pooling::id).collect(Collectors.joining("+")),
                                    output.name()));
        }
    }

    /**
     * Ends the profile that it was opened with.
     *
     * @param calls of how many calls, the last ones, it is wanted
     * @return the spans of the graph's operators and, around them, of its runs; none of what is done outside the graph
     * @throws EncoderException when the runtime cannot write it
     */
    public List<Span> endProfiling(int calls) {
        return OnnxProfile.ofLastRuns(inUse.use(graph::endProfiling), calls);
    }

    @Override
    public EncoderInfo info() {
        return info;
    }

    @Override
    public float[] encode(NestedBatch batch) {
        return inUse.use(() -> {
            var polled = idle.poll();
            var room = polled == null ? graph.room() : polled;
            var vectors = encode(batch, room);
            idle.add(room); // only now: what was too large for the memory that there is shall go
            return vectors;
        });
    }

    private float[] encode(NestedBatch batch, PaddedBatch room) {
        return pooler.answered(batch, graph.run(batch, room), graph.output().perToken(), width);
    }

    @Override
    public void close() {
        inUse.close(() -> {
            idle.clear();
            graph.close();
        });
    }
}
