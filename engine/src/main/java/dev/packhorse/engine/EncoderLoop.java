package dev.packhorse.engine;

import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.contract.EncoderInfo;
import dev.packhorse.engine.contract.Opened;
import dev.packhorse.engine.families.Architecture.Known;
import dev.packhorse.engine.measure.BatchLoop;
import dev.packhorse.engine.measure.Batching;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An encoder and batches that were planned and packed before the clock starts. The loop encodes and pools them, from as
 * many threads as are wished; no reading, no tokenizing, no writing. For benchmarks only.
 *
 * <p>Not thread-safe: one thread opens, runs and closes it. Owns the encoder, the packed batches and their native memory.
 */
public final class EncoderLoop implements AutoCloseable {

    private final Model model;
    private final Encoder encoder;
    private final NativeMemory memory;
    private final Opened opened;
    private Opened packed = new Opened();
    private List<int[]> rows = List.of();
    private List<int[]> plan = List.of();
    private List<NestedBatch> batches = List.of();
    private float[][] vectors = {}; // [N][D]
    private long[] nanos = {}; // [batches] of the last run

    private EncoderLoop(Model model, Encoder encoder, NativeMemory memory, Opened opened) {
        this.model = model;
        this.encoder = encoder;
        this.memory = memory;
        this.opened = opened;
    }

    /** Opens an encoder; its memory is the loop's. */
    interface Opener {
        Encoder open(NativeMemory memory);
    }

    /**
     * The same for batches as jobs plan them.
     *
     * @param rows N arrays of token ids
     * @throws RuntimeException what {@link Engine#open} throws
     */
    public static EncoderLoop open(EngineSettings settings, List<int[]> rows) {
        return open(settings, rows, new Batching.Planned(settings.maxBatchTokens()));
    }

    /**
     * Opens the encoder of these settings and packs the rows for it; the caller closes the loop.
     *
     * @param settings whose token budget the encoder has room for, as {@link #load} needs it; raised where a batch has more
     * @param rows N arrays of token ids
     * @throws RuntimeException what {@link Engine#open} throws
     */
    public static EncoderLoop open(EngineSettings settings, List<int[]> rows, Batching batching) {
        var roomy =
                settings.withMaxBatchTokens(Math.max(settings.maxBatchTokens(), batching.mostTokens(lengths(rows))));
        return open(settings.model(), rows, batching, memory -> {
            try (var tokenizer = Engine.openTokenizer(settings.model())) {
                return Encoders.open(roomy, memory, tokenizer);
            }
        });
    }

    static EncoderLoop open(Model model, List<int[]> rows, Batching batching, Opener opener) {
        var opened = new Opened();
        try {
            var memory = opened.add(NativeMemory.open(Long.MAX_VALUE));
            var loop = new EncoderLoop(model, opened.add(opener.open(memory)), memory, opened);
            loop.load(rows, batching);
            return loop;
        } catch (RuntimeException | Error e) {
            opened.closeAfter(e);
            throw e;
        }
    }

    /**
     * Packs other rows, in place of those that it had.
     *
     * @param rows N arrays of token ids
     */
    public void load(List<int[]> rows, Batching batching) {
        packed.close();
        this.packed = opened.add(new Opened());
        this.rows = rows;
        this.plan = batching.plan(lengths(rows), encoder.info().padded());
        this.batches = new ArrayList<>();
        for (var batch : plan) {
            batches.add(packed.add(NestedBatch.pack(
                    memory, Arrays.stream(batch).mapToObj(rows::get).toList())));
        }
        this.vectors = new float[rows.size()][];
        this.nanos = new long[plan.size()];
    }

    private static int[] lengths(List<int[]> rows) {
        return rows.stream().mapToInt(row -> row.length).toArray();
    }

    /** What the encoder is. */
    public EncoderInfo info() {
        return encoder.info();
    }

    Encoder encoder() {
        return encoder;
    }

    /**
     * Runs every batch once.
     *
     * @param threads how many take batches at the same time
     * @return the seconds that took
     * @throws dev.packhorse.engine.contract.EncoderException when a batch fails
     */
    public double run(int threads) {
        return BatchLoop.run(threads, batches.size(), this::encode);
    }

    private void encode(int i) {
        var start = System.nanoTime();
        var found = encoder.encode(batches.get(i));
        nanos[i] = System.nanoTime() - start;
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

    /** What each batch of the last run took, [batches] in seconds, in the plan's order. */
    public double[] latencies() {
        return Arrays.stream(nanos).mapToDouble(time -> time / 1e9).toArray();
    }

    /** Tokens that one run computes, padding included. */
    public long computedTokens() {
        return batches.stream()
                .mapToLong(batch -> encoder.info().padded() ? (long) batch.size() * batch.longest() : batch.tokens())
                .sum();
    }

    /**
     * Floating point operations of one run's matrix products over real tokens, whatever is computed beside them; 0 for a
     * model whose layers are not known.
     */
    public double operations() {
        return model.architecture() instanceof Known known
                ? rows.stream()
                        .mapToDouble(row -> row.length * known.shape().operationsPerToken(row.length))
                        .sum()
                : 0;
    }

    /** @throws IllegalStateException when native memory was not given back */
    @Override
    public void close() {
        opened.close();
    }
}
