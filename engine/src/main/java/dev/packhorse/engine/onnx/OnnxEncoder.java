package dev.packhorse.engine.onnx;

import dev.packhorse.engine.Device;
import dev.packhorse.engine.Encoder;
import dev.packhorse.engine.EncoderInfo;
import dev.packhorse.engine.ModelException;
import dev.packhorse.engine.Precision;
import dev.packhorse.engine.model.Head;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.pooling.Pooler;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantReadWriteLock;

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
    private final ReentrantReadWriteLock open = new ReentrantReadWriteLock();
    private boolean closed;

    private OnnxEncoder(OnnxGraph graph, int width, Pooler pooler, String reason) {
        this.graph = graph;
        this.width = width;
        this.pooler = pooler;
        this.info = new EncoderInfo(
                "onnxruntime-padded",
                Device.CPU,
                Precision.FLOAT32,
                "ONNX Runtime's own",
                pooler.dimension(width),
                true,
                reason);
    }

    /** Loads a model's graph, for rows without a prompt; otherwise as {@link #open(Model, Pooler, int, String)}. */
    public static OnnxEncoder open(Model model, int threads, String reason) {
        return open(model, Pooler.open(Head.of(model.pooling(), model.normalize()), 0), threads, reason);
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
        // by way of a file: the runtime reads it outside the Java heap, and the fingerprint is checked on the way
        try (var copy = model.onnx().copy()) {
            return open(model, "", pooler, copy.path(), threads, reason);
        }
    }

    /** @param output the name of the graph's output that is read; empty where the graph decides */
    static OnnxEncoder open(Model model, String output, Pooler pooler, Path file, int threads, String reason) {
        var where = model.onnx().location().toString();
        var width = model.dimension();
        var padding = PaddedBatch.padding(model.architecture());
        var graph = OnnxGraph.open(file, new OnnxGraph.Options(where, output, width, padding, threads));
        try {
            checkPooledOnce(graph.output(), pooler, where);
            return new OnnxEncoder(graph, width, pooler, reason);
        } catch (RuntimeException e) {
            graph.close();
            throw e;
        }
    }

    private static void checkPooledOnce(GraphOutput output, Pooler pooler, String where) {
        if (output.perToken() && pooler.poolings().isEmpty()) {
            throw new ModelException(
                    "%s: expected vectors that the graph pooled, found the token vectors %s; choose another output with --onnx-output or say --pooling"
                            .formatted(where, output.name()));
        }
        if (!output.perToken() && !pooler.poolings().isEmpty()) {
            throw new ModelException(
                    "%s: expected token vectors to pool (%s), found the output %s, which the graph pooled already; choose another with --onnx-output or leave --pooling out"
                            .formatted(
                                    where,
                                    String.join(
                                            "+",
                                            pooler.poolings().stream()
                                                    .map(Pooling::id)
                                                    .toList()),
                                    output.name()));
        }
    }

    @Override
    public EncoderInfo info() {
        return info;
    }

    @Override
    public float[] encode(NestedBatch batch) {
        open.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the encoder is closed");
            }
            var polled = idle.poll();
            var room = polled == null ? graph.room() : polled;
            try {
                return encode(batch, room);
            } finally {
                idle.add(room);
            }
        } finally {
            open.readLock().unlock();
        }
    }

    private float[] encode(NestedBatch batch, PaddedBatch room) {
        var answer = graph.run(batch, room);
        if (graph.output().perToken()) {
            return pooler.padded(batch, answer, width);
        }
        var vectors = new float[batch.size() * width]; // [B, D0]
        answer.get(0, vectors);
        return pooler.pooled(batch.size(), vectors);
    }

    @Override
    public void close() {
        open.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                idle.clear();
                graph.close();
            }
        } finally {
            open.writeLock().unlock();
        }
    }
}
