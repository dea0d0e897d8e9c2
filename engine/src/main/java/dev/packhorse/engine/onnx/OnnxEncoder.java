package dev.packhorse.engine.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.packhorse.engine.Device;
import dev.packhorse.engine.Encoder;
import dev.packhorse.engine.EncoderException;
import dev.packhorse.engine.EncoderInfo;
import dev.packhorse.engine.ModelException;
import dev.packhorse.engine.Precision;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFiles;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.pooling.Pooler;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The path that takes any exported ONNX encoder as it is: pads a nested batch to a rectangle, runs the graph, and pools
 * what comes back. Slower than a nested encoder, and the reference that those are held to.
 *
 * <p>The graph's inputs must be among input_ids, attention_mask and token_type_ids (int64 [B, S]), its first output the
 * token vectors (float32 [B, S, H]). Thread-safe: calls share one session, which computes in the caller's thread and at
 * most {@code threads - 1} of its own.
 */
public final class OnnxEncoder implements Encoder {

    private static final Set<String> KNOWN_INPUTS = Set.of("input_ids", "attention_mask", "token_type_ids");

    private final OrtSession session;
    private final Model model;
    private final String reason;
    private final String output;
    private final Pooler pooler;
    private final ConcurrentLinkedQueue<PaddedBatch> idle = new ConcurrentLinkedQueue<>();
    private final ReentrantReadWriteLock open = new ReentrantReadWriteLock();
    private boolean closed;

    private OnnxEncoder(OrtSession session, Model model, Pooler pooler, String output, String reason) {
        this.session = session;
        this.model = model;
        this.output = output;
        this.reason = reason;
        this.pooler = pooler;
    }

    /**
     * Loads a model's graph.
     *
     * @param threads how many threads one call may compute with, its own included
     * @param reason why this encoder was chosen
     * @throws ModelException when the file is missing or changed, is no ONNX graph, or has inputs or outputs other than
     *     those above
     */
    public static OnnxEncoder open(Model model, int threads, String reason) {
        return open(model, Pooler.open(model.head(), 0), threads, reason);
    }

    /** The same with a pooler that knows how many tokens the model's prompt has. */
    public static OnnxEncoder open(Model model, Pooler pooler, int threads, String reason) {
        // by way of files: the runtime reads them outside the Java heap, and the fingerprint is checked on the way
        try (var copies = ModelFiles.copy(model.onnx())) {
            return open(model, pooler, copies.path(model.graph().orElseThrow()), threads, reason);
        }
    }

    private static OnnxEncoder open(Model model, Pooler pooler, Path file, int threads, String reason) {
        OrtSession session;
        try (var options = OnnxSessions.options(threads)) {
            session = environment().createSession(file.toString(), options);
        } catch (OrtException e) {
            throw new ModelException(
                    "%s: expected an ONNX model that ONNX Runtime loads, found: %s"
                            .formatted(model.graph().orElseThrow().location(), e.getMessage()),
                    e);
        }
        try {
            return new OnnxEncoder(session, model, pooler, checkedOutput(session, model), reason);
        } catch (OrtException | RuntimeException e) {
            close(session);
            throw e instanceof RuntimeException r ? r : new ModelException(model.name() + ": " + e.getMessage(), e);
        }
    }

    static OrtEnvironment environment() {
        return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "packhorse");
    }

    /** Holds the graph's inputs and first output against what this encoder feeds and reads. */
    private static String checkedOutput(OrtSession session, Model model) throws OrtException {
        var where = model.graph().orElseThrow().location();
        var unknown = new TreeSet<>(session.getInputNames());
        unknown.removeAll(KNOWN_INPUTS);
        if (!unknown.isEmpty() || !session.getInputNames().contains("input_ids")) {
            throw new ModelException("%s: expected inputs among %s with input_ids, found %s"
                    .formatted(where, new TreeSet<>(KNOWN_INPUTS), session.getInputNames()));
        }
        var output = session.getOutputInfo().values().iterator().next();
        var shape = output.getInfo() instanceof TensorInfo tensor ? tensor.getShape() : new long[0];
        if (shape.length != 3) {
            throw new ModelException("%s: expected token vectors [batch, sequence, %d] as the first output, found %s"
                    .formatted(where, model.hiddenSize(), output.getInfo()));
        }
        if (shape[2] != -1 && shape[2] != model.hiddenSize()) {
            throw new ModelException("%s: expected vectors of dimension %d as configured, found %d"
                    .formatted(where, model.hiddenSize(), shape[2]));
        }
        return output.getName();
    }

    @Override
    public EncoderInfo info() {
        return new EncoderInfo(
                "onnxruntime-padded",
                Device.CPU,
                Precision.FLOAT32,
                "ONNX Runtime's own",
                model.dimension(),
                true,
                reason);
    }

    @Override
    public float[] encode(NestedBatch batch) {
        open.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the encoder is closed");
            }
            var polled = idle.poll();
            var padded = polled == null ? new PaddedBatch() : polled;
            try {
                padded.fill(batch, model.hiddenSize());
                run(padded, batch.size(), batch.longest());
                return pooler.padded(batch, padded.hidden(), model.hiddenSize());
            } finally {
                idle.add(padded);
            }
        } catch (OrtException e) {
            throw new EncoderException("ONNX Runtime failed: " + e.getMessage(), e);
        } finally {
            open.readLock().unlock();
        }
    }

    /** The graph writes straight into {@code padded.hidden()}. */
    private void run(PaddedBatch padded, int rows, int longest) throws OrtException {
        var shape = new long[] {rows, longest};
        var env = environment();
        try (var ids = OnnxTensor.createTensor(env, padded.ids(), shape);
                var mask = OnnxTensor.createTensor(env, padded.mask(), shape);
                var types = OnnxTensor.createTensor(env, padded.types(), shape);
                var hidden =
                        OnnxTensor.createTensor(env, padded.hidden(), new long[] {rows, longest, model.hiddenSize()})) {
            var inputs = new HashMap<>(Map.of("input_ids", ids, "attention_mask", mask, "token_type_ids", types));
            inputs.keySet().retainAll(session.getInputNames());
            session.run(inputs, Set.of(), Map.of(output, hidden)).close();
        }
    }

    @Override
    public void close() {
        open.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                idle.clear();
                close(session);
            }
        } finally {
            open.writeLock().unlock();
        }
    }

    private static void close(OrtSession session) {
        try {
            session.close();
        } catch (OrtException e) {
            throw new EncoderException("ONNX Runtime could not close its session: " + e.getMessage(), e);
        }
    }
}
