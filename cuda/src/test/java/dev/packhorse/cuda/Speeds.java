package dev.packhorse.cuda;

import dev.packhorse.engine.contract.Opened;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.gpu.DeviceQueue;
import dev.packhorse.engine.gpu.RowSlice;
import dev.packhorse.engine.measure.GpuCeiling;
import dev.packhorse.engine.measure.PaddingShare;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.packed.PackedSession;
import dev.packhorse.engine.packed.Target;
import dev.packhorse.engine.plan.BatchPlanner;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.transformer.RandomWeights;
import dev.packhorse.engine.transformer.TransformerShape;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Real tokens a second of a shape in float16: nested, and padded with the same kernels, in turns. Padded means that rows are
 * filled up to the longest of their batch, and that the fill is computed as tokens are; so the comparison is of padding alone.
 */
final class Speeds {

    private static final int BATCHES = 12;
    private static final long SEED = 20_261_122;

    private final PrintStream out;
    private final Target target;
    private final double seconds;
    private final int cells;
    private final int turns;

    /**
     * @param seconds that a turn takes at least
     * @param cells of a padded batch, and the token budget of a nested one
     */
    Speeds(PrintStream out, Target target, double seconds, int cells, int turns) {
        this.out = out;
        this.target = target;
        this.seconds = seconds;
        this.cells = cells;
        this.turns = turns;
    }

    void run(Sizes sizes) {
        var pooler = new Pooler(Pooling.MEAN, true);
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var weights = new RandomWeights(sizes.shape(), SEED);
                var session = PackedSession.open(memory, weights, pooler, Precision.FLOAT16, target)) {
            for (var longest : new int[] {128, 512}) {
                for (var share : new double[] {0, 0.5, 0.8}) {
                    measure(sizes, memory, session, longest, share);
                }
            }
        }
        queued(sizes, pooler);
    }

    /** One launch in float16 of rows of many lengths, through one layer of that width. */
    void kernels(Sizes sizes) {
        var whole = sizes.shape();
        var shape = TransformerShape.bert(
                whole.hidden(), 1, whole.heads(), whole.intermediate(), 1_000, 512, whole.epsilon());
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var weights = new RandomWeights(shape, SEED);
                var session =
                        PackedSession.open(memory, weights, new Pooler(Pooling.MEAN, true), Precision.FLOAT16, target);
                var batch = NestedBatch.pack(memory, List.of(new int[512], new int[1], new int[37], new int[128]))) {
            session.launch(List.of(RowSlice.of(batch)));
            out.printf("kernels | %s | %s%n", sizes, session.info().kernel());
        }
    }

    private void measure(Sizes sizes, NativeMemory memory, PackedSession session, int longest, double share) {
        var rowsOfBatch = cells / longest;
        var lengths = PaddingShare.lengths(share, BATCHES, rowsOfBatch, longest, new Random(SEED));
        var rows = rows(sizes, lengths);
        var plan = new BatchPlanner(cells, false).plan(lengths);
        try (var nested = new Opened();
                var padded = new Opened()) {
            var nestedBatches = plan.stream()
                    .map(batch -> nested.add(NestedBatch.pack(
                            memory, Arrays.stream(batch).mapToObj(rows::get).toList())))
                    .toList();
            var paddedBatches = IntStream.range(0, BATCHES)
                    .mapToObj(b -> padded.add(NestedBatch.pack(
                            memory,
                            rows.subList(b * rowsOfBatch, (b + 1) * rowsOfBatch).stream()
                                    .map(row -> filled(row, longest))
                                    .toList())))
                    .toList();
            var real = Arrays.stream(lengths).asLongStream().sum();
            var nestedRates = new double[turns];
            var paddedRates = new double[turns];
            tokensPerSecond(session, nestedBatches, real); // warms up
            tokensPerSecond(session, paddedBatches, real);
            for (var turn = 0; turn < turns; turn++) {
                nestedRates[turn] = tokensPerSecond(session, nestedBatches, real);
                paddedRates[turn] = tokensPerSecond(session, paddedBatches, real);
            }
            report(sizes, longest, share, lengths, nestedRates, paddedRates);
        }
    }

    private void report(
            Sizes sizes, int longest, double share, int[] lengths, double[] nestedRates, double[] paddedRates) {
        var nested = median(nestedRates);
        var padded = median(paddedRates);
        var ratios = IntStream.range(0, turns)
                .mapToDouble(turn -> nestedRates[turn] / paddedRates[turn])
                .toArray();
        var operations = Arrays.stream(lengths)
                        .mapToDouble(length -> length * sizes.shape().operationsPerToken(length))
                        .sum()
                / Arrays.stream(lengths).sum();
        out.printf(
                "speed | %s | longest %d | padding %.1f | nested %.0f tokens/s (%.0f to %.0f) | padded %.0f | ratio %.2f (%.2f to %.2f) | of the ceiling %.1f %% | of the arithmetic %.1f %%%n",
                sizes,
                longest,
                share,
                nested,
                least(nestedRates),
                greatest(nestedRates),
                padded,
                median(ratios),
                least(ratios),
                greatest(ratios),
                100 * nested / sizes.ceiling(longest).tokensPerSecond(),
                100 * nested * operations / GpuCeiling.ARITHMETIC);
    }

    /** As jobs do it: several tasks, whose batches go through the queue. */
    private void queued(Sizes sizes, Pooler pooler) {
        var lengths = PaddingShare.lengths(0.5, 2 * BATCHES, cells / 128, 128, new Random(SEED));
        var rows = rows(sizes, lengths);
        var real = Arrays.stream(lengths).asLongStream().sum();
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var batches = new Opened();
                var queue = DeviceQueue.open(
                        List.of(() -> {
                            try (var weights = new RandomWeights(sizes.shape(), SEED)) {
                                return PackedSession.open(memory, weights, pooler, Precision.FLOAT16, target);
                            }
                        }),
                        cells,
                        8)) {
            var packed = new BatchPlanner(cells, false)
                    .plan(lengths).stream()
                            .map(batch -> batches.add(NestedBatch.pack(
                                    memory,
                                    Arrays.stream(batch).mapToObj(rows::get).toList())))
                            .toList();
            var rates = new double[turns + 1];
            for (var turn = 0; turn <= turns; turn++) {
                rates[turn] = rate(real, () -> packed.parallelStream().forEach(queue::encode));
            }
            out.printf(
                    "queue | %s | longest 128 | padding 0.5 | %.0f tokens/s%n",
                    sizes, median(Arrays.copyOfRange(rates, 1, rates.length)));
        }
    }

    private double tokensPerSecond(PackedSession session, List<NestedBatch> batches, long real) {
        return rate(real, () -> batches.forEach(batch -> session.launch(List.of(RowSlice.of(batch)))));
    }

    private double rate(long tokens, Runnable round) {
        var start = System.nanoTime();
        var rounds = 0;
        do {
            round.run();
            rounds++;
        } while (System.nanoTime() - start < seconds * 1e9);
        return rounds * tokens / ((System.nanoTime() - start) / 1e9);
    }

    private static List<int[]> rows(Sizes sizes, int[] lengths) {
        var random = new Random(SEED);
        var rows = new ArrayList<int[]>();
        for (var length : lengths) {
            rows.add(random.ints(length, 5, sizes.shape().vocabulary()).toArray());
        }
        return rows;
    }

    private static int[] filled(int[] row, int length) {
        var longer = new int[length];
        Arrays.fill(longer, 5);
        System.arraycopy(row, 0, longer, 0, row.length);
        return longer;
    }

    private static double median(double[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static double least(double[] values) {
        return Arrays.stream(values).min().orElseThrow();
    }

    private static double greatest(double[] values) {
        return Arrays.stream(values).max().orElseThrow();
    }
}
