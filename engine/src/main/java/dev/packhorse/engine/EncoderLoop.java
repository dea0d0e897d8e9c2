package dev.packhorse.engine;

import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.contract.EncoderInfo;
import dev.packhorse.engine.contract.Opened;
import dev.packhorse.engine.measure.BatchLoop;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.onednn.NestedEncoder;
import dev.packhorse.engine.onednn.Operation;
import dev.packhorse.engine.plan.BatchPlanner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * An encoder and batches that were planned and packed before the clock starts. The loop encodes and pools them, from as
 * many threads as there are cores; no reading, no tokenizing, no writing. For benchmarks only.
 *
 * <p>Not thread-safe: one thread opens, runs and closes it. Owns the encoder, the packed batches and their native memory.
 */
public final class EncoderLoop implements AutoCloseable {

    private final Encoder encoder;
    private final List<int[]> rows;
    private final List<int[]> plan;
    private final List<NestedBatch> batches = new ArrayList<>();
    private final float[][] vectors; // [N][D]
    private final Opened opened;

    private EncoderLoop(Encoder encoder, List<int[]> rows, List<int[]> plan, Opened opened) {
        this.encoder = encoder;
        this.rows = rows;
        this.plan = plan;
        this.vectors = new float[rows.size()][];
        this.opened = opened;
    }

    /**
     * Opens the encoder of these settings and packs the rows for it; the caller closes the loop.
     *
     * @param rows N arrays of token ids
     * @throws RuntimeException what {@link Engine#open} throws
     */
    public static EncoderLoop open(EngineSettings settings, List<int[]> rows) {
        var opened = new Opened();
        try {
            var memory = opened.add(NativeMemory.open(Long.MAX_VALUE));
            Encoder encoder;
            try (var tokenizer = Engine.openTokenizer(settings.model())) {
                encoder = opened.add(Encoders.open(settings, memory, tokenizer));
            }
            var lengths = rows.stream().mapToInt(row -> row.length).toArray();
            var planner =
                    new BatchPlanner(settings.maxBatchTokens(), encoder.info().padded());
            var loop = new EncoderLoop(encoder, rows, planner.plan(lengths), opened);
            for (var batch : loop.plan) {
                loop.batches.add(opened.add(NestedBatch.pack(
                        memory, Arrays.stream(batch).mapToObj(rows::get).toList())));
            }
            return loop;
        } catch (RuntimeException | Error e) {
            opened.closeAfter(e);
            throw e;
        }
    }

    /** What the encoder is. */
    public EncoderInfo info() {
        return encoder.info();
    }

    /**
     * Runs every batch once.
     *
     * @param threads how many take batches at the same time
     * @return the seconds that took
     * @throws EncoderException when a batch fails
     */
    public double run(int threads) {
        return BatchLoop.run(threads, batches.size(), this::encode);
    }

    private void encode(int i) {
        var found = encoder.encode(batches.get(i));
        var d = encoder.info().dimension();
        var batch = plan.get(i);
        for (var b = 0; b < batch.length; b++) {
            vectors[batch[b]] = Arrays.copyOfRange(found, b * d, (b + 1) * d);
        }
    }

    /** The vectors of the last run, [N][D] float32 in the rows' order; not copied, and replaced by the next run. */
    public float[][] vectors() {
        return vectors;
    }

    /** Seconds that all threads spent with each operation since the encoder was opened; empty for the padded encoder. */
    public Map<Operation, Double> seconds() {
        return encoder instanceof NestedEncoder nested ? nested.seconds() : Map.of();
    }

    /** Floating point operations of the matrix products of one run; 0 for the padded encoder. */
    public double operations() {
        return encoder instanceof NestedEncoder nested
                ? rows.stream()
                        .mapToDouble(row -> row.length * nested.shape().operationsPerToken(row.length))
                        .sum()
                : 0;
    }

    /** @throws IllegalStateException when native memory was not given back */
    @Override
    public void close() {
        opened.close();
    }
}
