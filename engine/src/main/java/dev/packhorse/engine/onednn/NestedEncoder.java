package dev.packhorse.engine.onednn;

import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.EncoderInfo;
import dev.packhorse.engine.contract.InUse;
import dev.packhorse.engine.contract.Opened;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.measure.Span;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.nested.OutOfNativeMemory;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.transformer.TransformerShape;
import dev.packhorse.engine.transformer.TransformerWeights;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Encodes packed tokens without padding: one [T, H] buffer of token vectors goes through all layers, matmuls run over all
 * tokens of a batch at once, attention over each row's own.
 *
 * <p>A row's vector has the same bits whatever else is in the batch, as long as all numbers are finite: a row whose own
 * are not may take the row before it along, which has its vector when it is encoded alone. Thread-safe: the weights are
 * shared, and each call takes a workspace that no other has. Native memory is the weights, and a workspace for as many
 * calls as ever ran at the same time. Where there is not enough for a whole workspace, calls get smaller ones.
 */
public final class NestedEncoder implements Encoder {

    private final NativeMemory memory;
    private final PackedWeights weights;
    private final Pooler pooler;
    private final int threads;
    private final EncoderInfo info;
    private final ConcurrentLinkedQueue<Workspace> idle = new ConcurrentLinkedQueue<>();
    private final List<Workspace> workspaces = new ArrayList<>();
    private final InUse inUse = new InUse("the encoder");
    private boolean recording; // guarded by workspaces

    /**
     * Packs the weights and makes sure that every matmul has an optimised kernel.
     *
     * @param memory where weights and workspaces are counted; outlives this encoder
     * @param weights left open; not used afterwards
     * @param capacity the most tokens of a batch
     * @param calibration rows of token ids such as will be encoded, by which int8 chooses its scales; without use else
     * @param threads how many threads one call may compute with, its own included
     * @throws EncoderException when oneDNN has no optimised kernels for this precision on this CPU
     */
    public NestedEncoder(
            NativeMemory memory,
            TransformerWeights weights,
            Pooler pooler,
            Precision precision,
            int capacity,
            List<int[]> calibration,
            int threads) {
        OpenMp.useThreads(threads);
        this.memory = memory;
        this.pooler = pooler;
        this.threads = threads;
        var numbers = Numbers.of(precision);
        var maxima = numbers.quantized()
                ? Calibration.measure(memory, weights, calibration)
                : List.<Calibration.LayerMaxima>of();
        this.weights = new PackedWeights(memory, weights, numbers, capacity, maxima);
        this.info = new EncoderInfo(
                "onednn-nested",
                new Device.Cpu(),
                precision,
                this.weights.kernel(),
                pooler.dimension(weights.shape().hidden()),
                false,
                "fast path: all conditions met");
    }

    @Override
    public EncoderInfo info() {
        return info;
    }

    /** The sizes of the model. */
    public TransformerShape shape() {
        return weights.shape();
    }

    @Override
    public float[] encode(NestedBatch batch) {
        if (batch.tokens() > weights.capacity()) {
            throw new EncoderException(
                    "expected a batch of at most %d tokens, found %d".formatted(weights.capacity(), batch.tokens()));
        }
        if (batch.longest() > weights.shape().positions()) {
            throw new EncoderException("expected rows of at most %d tokens, found one of %d"
                    .formatted(weights.shape().positions(), batch.longest()));
        }
        return inUse.use(() -> encodeOpen(batch));
    }

    private float[] encodeOpen(NestedBatch batch) {
        OpenMp.useThreads(threads);
        var workspace = workspace(batch.tokens());
        try {
            var vectors = encode(batch, workspace);
            idle.add(workspace);
            return vectors;
        } catch (EncoderException e) {
            idle.add(workspace);
            throw e;
        } catch (RuntimeException | OutOfMemoryError e) { // it may be half made
            drop(workspace);
            if (e.getClass() == RuntimeException.class) { // what JavaCPP makes of a library's own exceptions
                throw new EncoderException("oneDNN failed: " + e.getMessage(), e);
            }
            throw e;
        }
    }

    /** One that nobody uses and that is large enough, or a new one. */
    private Workspace workspace(int tokens) {
        var polled = idle.poll();
        if (polled != null && polled.capacity() >= tokens) {
            return polled;
        }
        if (polled != null) {
            drop(polled);
        }
        var workspace = newWorkspace(tokens);
        synchronized (workspaces) {
            workspaces.add(workspace);
            workspace.stopwatch().record(recording);
        }
        return workspace;
    }

    /** For any batch; where there is not enough memory for that, for this one. */
    private Workspace newWorkspace(int tokens) {
        try {
            return new Workspace(memory, weights, weights.capacity());
        } catch (RuntimeException | OutOfMemoryError e) {
            if (!OutOfNativeMemory.happened(e)) {
                throw e;
            }
            return new Workspace(memory, weights, tokens);
        }
    }

    private void drop(Workspace workspace) {
        synchronized (workspaces) {
            workspaces.remove(workspace);
        }
        workspace.close();
    }

    private float[] encode(NestedBatch batch, Workspace workspace) {
        var hidden = new ForwardPass(weights, workspace).run(batch);
        var vectors = pooler.packed(batch, hidden, weights.shape().hidden());
        for (var value : vectors) {
            if (!Float.isFinite(value)) {
                workspace.clear();
                break;
            }
        }
        workspace.stopwatch().stop(Operation.POOL);
        return vectors;
    }

    /** Remembers each operation from now on, for a profile, which grows with every call; forgets those so far. Between calls. */
    public void record() {
        synchronized (workspaces) {
            recording = true;
            workspaces.forEach(workspace -> workspace.stopwatch().record(true));
        }
    }

    /** What it remembers. Between calls. */
    public List<Span> spans() {
        synchronized (workspaces) {
            return workspaces.stream()
                    .flatMap(workspace -> workspace.stopwatch().spans().stream())
                    .toList();
        }
    }

    @Override
    public void close() {
        inUse.close(() -> {
            idle.clear();
            var opened = new Opened();
            opened.add(weights);
            workspaces.forEach(opened::add);
            opened.close();
        });
    }
}
