package dev.packhorse.jobs.bench;

import dev.packhorse.jobs.bench.Contest.Contestant;
import dev.packhorse.jobs.charts.LengthHistogram;
import dev.packhorse.jobs.page.Axis;
import dev.packhorse.jobs.page.BarChart;
import dev.packhorse.jobs.page.BarChart.Bars;
import dev.packhorse.jobs.page.Chart;
import dev.packhorse.jobs.page.Table;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Every encoder that runs here over the same texts, one thread a call and a call a core, as a job's tasks call it. Texts are
 * tokenized, batches planned and packed before the clock starts; encoders pool.
 */
final class EncoderBench {

    private EncoderBench() {}

    static Findings run(BenchContext context) {
        var options = context.options();
        int batchSize = options.get(BenchOptions.BATCH_SIZE);
        var rows = context.rows().rows();
        var tokens = rows.stream().mapToLong(row -> row.length).sum();
        var setting = new Contest.Setting(1, context.cores(), context.maxBatchTokens(), context.device());
        try (var contest = Contest.open(
                context.encoders(),
                context.model(),
                rows,
                encoder -> encoder.batching(context.maxBatchTokens(), batchSize),
                setting,
                context.out())) {
            var contestants = contest.contestants();
            var baseline = context.baseline(contestants);
            var peaks = context.peaks(contestants);
            var times = contest.run(context.runs());
            var figures = Figures.of(contestants, times, tokens, baseline, peaks);
            sayWhereCoresWait(context, figures);
            return findings(context, figures, baseline, batchSize, contestants);
        }
    }

    /** With few batches, one core works on the last of them while the others wait. */
    private static void sayWhereCoresWait(BenchContext context, List<Figures> figures) {
        for (var each : figures) {
            if (each.batches() < 4 * context.cores()) {
                context.out()
                        .printf(
                                "%s: only %d batches for %d calls at a time: a core waits at the end of each run; take more texts or a smaller --batch-size%n",
                                each.encoder(), each.batches(), context.cores());
            }
        }
    }

    private static Findings findings(
            BenchContext context,
            List<Figures> figures,
            BenchEncoder baseline,
            int batchSize,
            List<Contestant> contestants) {
        var note =
                "%s; runs in turns after some seconds of warm-up: %d; %d calls at a time of one thread each; unsorted batches of %d rows as they arrive, sorted ones planned for %d tokens; ratio is the baseline's time (%s) over its own"
                        .formatted(
                                context.rows().description(),
                                context.runs(),
                                context.cores(),
                                batchSize,
                                context.maxBatchTokens(),
                                baseline.id());
        var speed = new BarChart(
                "Speed",
                "Real tokens in a second, median of %d runs. More is better.".formatted(context.runs()),
                figures.stream().map(Figures::encoder).toList(),
                Axis.linear("real tokens/s"),
                List.of(new Bars(
                        "real tokens/s",
                        figures.stream()
                                .mapToDouble(each -> each.tokensPerSecond().median())
                                .toArray())),
                false);
        return new Findings(
                "encoders",
                "Encoders",
                note,
                List.of(speeds(figures), costs(figures), named(contestants)),
                List.of(speed, lengths(context), padding(figures, context)),
                figures);
    }

    private static Chart lengths(BenchContext context) {
        var texts = new TreeMap<Integer, Long>();
        context.rows().rows().forEach(row -> texts.merge(row.length, 1L, Long::sum));
        return LengthHistogram.of(Map.of("texts", texts), context.rows().description());
    }

    private static Chart padding(List<Figures> figures, BenchContext context) {
        var real = context.rows().rows().stream().mapToLong(row -> row.length).sum();
        return new BarChart(
                "Tokens that are computed",
                "For the same texts; what is not of a text is padding.",
                figures.stream().map(Figures::encoder).toList(),
                Axis.linear("tokens"),
                List.of(
                        new Bars(
                                "of texts",
                                figures.stream().mapToDouble(each -> real).toArray()),
                        new Bars(
                                "padding",
                                figures.stream()
                                        .mapToDouble(each -> real / (1 - each.paddingShare()) - real)
                                        .toArray())),
                true);
    }

    private static Table speeds(List<Figures> all) {
        return new Table(
                "Speed",
                "",
                List.of(
                        "encoder",
                        "real tokens/s",
                        "least",
                        "most",
                        "ratio",
                        "least",
                        "most",
                        "computed tokens/s",
                        "padding"),
                all.stream()
                        .map(each -> List.of(
                                each.encoder(),
                                Cells.whole(each.tokensPerSecond().median()),
                                Cells.whole(each.tokensPerSecond().least()),
                                Cells.whole(each.tokensPerSecond().most()),
                                Cells.decimals(each.ratio().median(), 2),
                                Cells.decimals(each.ratio().least(), 2),
                                Cells.decimals(each.ratio().most(), 2),
                                Cells.whole(each.computedTokensPerSecond()),
                                Cells.percent(each.paddingShare())))
                        .toList());
    }

    private static Table costs(List<Figures> all) {
        return new Table(
                "Batches, memory, vectors, and how much of the machine",
                "Resident memory is what opening an encoder and warming it up added beside the Java heap; the first that needs a library"
                        + " pays for loading it. The cosine is that with the vectors of the first encoder here that computes in float32. The peak is that of bare matmuls in the same precision, measured in this run.",
                List.of(
                        "encoder",
                        "batches",
                        "ms a batch",
                        "95%",
                        "MiB",
                        "worst cosine",
                        "mean cosine",
                        "GFLOP/s",
                        "of peak"),
                all.stream()
                        .map(each -> List.of(
                                each.encoder(),
                                Cells.whole(each.batches()),
                                Cells.millis(each.millisPerBatch()),
                                Cells.millis(each.millisPerBatch95()),
                                Cells.whole(each.mebibytes()),
                                Cells.decimals(each.worstCosine(), 6),
                                Cells.decimals(each.meanCosine(), 6),
                                Cells.whole(each.gigaflops()),
                                Cells.percent(each.shareOfPeak())))
                        .toList());
    }

    private static Table named(List<Contestant> contestants) {
        return new Table(
                "What they are",
                "",
                List.of("encoder", ""),
                contestants.stream()
                        .map(contestant -> List.of(
                                contestant.encoder().id(),
                                contestant.loop().info().toString()))
                        .toList());
    }
}
