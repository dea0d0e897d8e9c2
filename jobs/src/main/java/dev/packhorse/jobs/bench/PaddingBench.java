package dev.packhorse.jobs.bench;

import dev.packhorse.engine.measure.PaddingShare;
import dev.packhorse.jobs.page.Axis;
import dev.packhorse.jobs.page.Chart;
import dev.packhorse.jobs.page.LineChart;
import dev.packhorse.jobs.page.LineChart.Line;
import dev.packhorse.jobs.page.Table;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * How speed goes with the share of padding in batches as they arrive, from none to nine tenths, everything else being equal: the
 * central figure of PyTorch's write-up on BetterTransformer (pytorch.org/tutorials/beginner/bettertransformer_tutorial.html),
 * for the encoders here.
 */
final class PaddingBench {

    private static final long SEED = 29;
    private static final double[] SHARES = {0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};
    private static final Lengths.Fixed LONGEST = new Lengths.Fixed(256);

    private PaddingBench() {}

    /**
     * One point of the figure.
     *
     * @param paddingShare of the batches as they arrive
     * @param tokens real ones
     * @param tokensPerSecond real ones
     * @param ratio the baseline's time over its own
     */
    record Point(String encoder, double paddingShare, long tokens, Spread tokensPerSecond, Spread ratio) {}

    static Findings run(BenchContext context) {
        int batchSize = context.options().get(BenchOptions.BATCH_SIZE);
        var longest = longest(context.options());
        // each core has as many padded batches as the others, or the padded encoders would wait for one of them
        var cores = context.cores();
        var batches = cores * Math.max(1, context.options().get(BenchOptions.ROWS) / batchSize / cores);
        var first = rows(context, SHARES[0], batches, batchSize, longest);
        var setting = new Contest.Setting(1, cores, Math.max(context.maxBatchTokens(), longest), context.device());
        try (var contest = Contest.open(
                context.encoders(),
                context.model(),
                first,
                encoder -> encoder.batching(context.maxBatchTokens(), batchSize),
                setting,
                context.out())) {
            var baseline = context.baseline(contest.contestants());
            var points = new ArrayList<Point>();
            for (var share : SHARES) {
                var rows = rows(context, share, batches, batchSize, longest);
                contest.load(rows, encoder -> encoder.batching(context.maxBatchTokens(), batchSize));
                var tokens = rows.stream().mapToLong(row -> row.length).sum();
                var times = contest.run(context.runs());
                times.forEach((encoder, own) -> points.add(new Point(
                        encoder.id(),
                        share,
                        tokens,
                        Spread.of(Arrays.stream(own.seconds())
                                .map(s -> tokens / s)
                                .toArray()),
                        Spread.of(Figures.ratios(times.get(baseline).seconds(), own.seconds())))));
            }
            return findings(context, points, baseline, batches);
        }
    }

    private static Findings findings(BenchContext context, List<Point> points, BenchEncoder baseline, int batches) {
        int batchSize = context.options().get(BenchOptions.BATCH_SIZE);
        var longest = longest(context.options());
        var note =
                "%d batches of %d rows as they arrive, the longest of each %d tokens, the others as short as the share of padding wants them; runs in turns: %d; sorted and nested encoders take the same rows in batches planned for %d tokens; ratio is the baseline's time (%s) over its own"
                        .formatted(
                                batches, batchSize, longest, context.runs(), context.maxBatchTokens(), baseline.id());
        return new Findings(
                "padding",
                "Speed against the share of padding",
                note,
                List.of(
                        table(
                                "Ratio to " + baseline.id(),
                                points,
                                point -> Cells.decimals(point.ratio().median(), 2)),
                        table(
                                "Real tokens/s",
                                points,
                                point -> Cells.whole(point.tokensPerSecond().median()))),
                List.of(
                        chart(
                                "Speed-up against the share of padding",
                                "How many times as fast as %s over the same rows.".formatted(baseline.id()),
                                "times " + baseline.id(),
                                points,
                                point -> point.ratio().median()),
                        chart(
                                "Real tokens in a second",
                                "What is padding is not counted.",
                                "real tokens/s",
                                points,
                                point -> point.tokensPerSecond().median())),
                points);
    }

    /** @throws OptionException when texts are to have other lengths than this measurement can give them */
    static void check(OptionValues options) {
        int batchSize = options.get(BenchOptions.BATCH_SIZE);
        var longest = longest(options);
        for (var share : SHARES) {
            try {
                PaddingShare.lengths(share, 1, batchSize, longest, new Random(SEED));
            } catch (IllegalArgumentException e) {
                throw new OptionException("--batch-size, --lengths: " + e.getMessage());
            }
        }
    }

    private static int longest(OptionValues options) {
        var lengths = options.find(BenchOptions.LENGTHS).orElse(LONGEST);
        if (lengths instanceof Lengths.Fixed fixed) {
            return fixed.tokens();
        }
        throw new OptionException(
                "--lengths: expected fixed:N with --measure padding, for N is the longest of each batch, found "
                        + lengths.text());
    }

    private static List<int[]> rows(BenchContext context, double share, int batches, int batchSize, int longest) {
        return context.rows().made(PaddingShare.lengths(share, batches, batchSize, longest, new Random(SEED)));
    }

    /** A row for each share, a column for each encoder. */
    private static Table table(String title, List<Point> points, Function<Point, String> cell) {
        var encoders = points.stream().map(Point::encoder).distinct().toList();
        var columns = new ArrayList<>(List.of("padding"));
        columns.addAll(encoders);
        var rows = points.stream()
                .map(Point::paddingShare)
                .distinct()
                .map(share -> Stream.concat(
                                Stream.of(Cells.percent(share)),
                                points.stream()
                                        .filter(point -> point.paddingShare() == share)
                                        .map(cell))
                        .toList())
                .toList();
        return new Table(title, "", columns, rows);
    }

    private static Chart chart(
            String title, String note, String label, List<Point> points, ToDoubleFunction<Point> value) {
        var lines = points.stream()
                .map(Point::encoder)
                .distinct()
                .map(encoder -> {
                    var own = points.stream()
                            .filter(point -> point.encoder().equals(encoder))
                            .toList();
                    return new Line(
                            encoder,
                            own.stream().mapToDouble(Point::paddingShare).toArray(),
                            own.stream().mapToDouble(value).toArray());
                })
                .toList();
        return new LineChart(title, note, Axis.linear("share of padding"), Axis.logarithmic(label), lines);
    }
}
