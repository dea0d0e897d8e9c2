package dev.packhorse.jobs.bench;

import dev.packhorse.engine.measure.BatchLoop;
import dev.packhorse.engine.measure.GpuCeiling;
import dev.packhorse.engine.tokenize.Tokenizer;
import dev.packhorse.jobs.page.Axis;
import dev.packhorse.jobs.page.BarChart;
import dev.packhorse.jobs.page.BarChart.Bars;
import dev.packhorse.jobs.page.Table;
import dev.packhorse.udf.options.OptionException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How many tokens a second a core tokenizes, and how many cores a GPU would need for that. Texts to ids, in turns, by one thread
 * and by one for each core. A tokenizer is opened anew for each turn and warmed up on every other text; those between them are
 * measured, so that it has met none of them, as in a job.
 */
final class TokenizerBench {

    /** That a thread takes at a time. */
    private static final int TEXTS = 16;

    private final BenchContext context;
    private final List<String> warm;
    private final List<String> measured;

    private TokenizerBench(BenchContext context, List<String> texts) {
        this.context = context;
        this.warm = everyOther(texts, 0);
        this.measured = everyOther(texts, 1);
    }

    private static List<String> everyOther(List<String> texts, int first) {
        return IntStream.range(0, texts.size())
                .filter(i -> i % 2 == first)
                .mapToObj(texts::get)
                .toList();
    }

    /**
     * What was measured of one.
     *
     * @param tokenizer its id
     * @param threads that called it
     * @param tokensPerSecond of all threads, special tokens included, without those that were cut off
     * @param tokensPerSecondAndCore the median of that for one thread
     * @param ratio the baseline's time over its own, turn by turn
     * @param coresForOneH100 by the ceiling's name
     */
    record Speed(
            String tokenizer,
            int threads,
            Spread tokensPerSecond,
            double tokensPerSecondAndCore,
            Spread ratio,
            Map<String, Long> coresForOneH100) {}

    /** One way, called by so many threads. */
    private record Turn(BenchTokenizer tokenizer, int threads) {}

    /** @throws OptionException when there is no text to warm up on and another to measure */
    static Findings run(BenchContext context, List<String> texts) {
        if (texts.size() < 2) {
            throw new OptionException(
                    "--input: expected at least 2 texts with --measure tokenizer, found " + texts.size());
        }
        return new TokenizerBench(context, texts).run();
    }

    private Findings run() {
        var tokens = tokens();
        var seconds = new LinkedHashMap<Turn, double[]>();
        for (var run = -1; run < context.runs(); run++) { // the first is for the JVM's compilers
            for (var threads : Stream.of(1, context.cores()).distinct().toList()) {
                for (var tokenizer : BenchTokenizer.values()) {
                    var turn = new Turn(tokenizer, threads);
                    var taken = seconds(turn);
                    if (run >= 0) {
                        seconds.computeIfAbsent(turn, unused -> new double[context.runs()])[run] = taken;
                    }
                }
            }
        }
        var figures = new ArrayList<Speed>();
        seconds.forEach((turn, own) ->
                figures.add(figures(turn, tokens, seconds.get(new Turn(BenchTokenizer.DJL, turn.threads())), own)));
        return findings(figures, tokens);
    }

    private long tokens() {
        try (var tokenizer = BenchTokenizer.PACKHORSE.open(context.model())) {
            return measured.stream()
                    .mapToLong(text -> tokenizer.tokenize(text).length())
                    .sum();
        }
    }

    private double seconds(Turn turn) {
        try (var tokenizer = turn.tokenizer().open(context.model())) {
            tokenize(tokenizer, warm, turn.threads());
            return tokenize(tokenizer, measured, turn.threads());
        }
    }

    private static double tokenize(Tokenizer tokenizer, List<String> texts, int threads) {
        var pieces = (texts.size() + TEXTS - 1) / TEXTS;
        var lengths = new long[pieces]; // a result that nobody used might never be computed
        var seconds = BatchLoop.run(threads, pieces, piece -> {
            for (var text : texts.subList(piece * TEXTS, Math.min(texts.size(), (piece + 1) * TEXTS))) {
                lengths[piece] += tokenizer.tokenize(text).length();
            }
        });
        return Arrays.stream(lengths).sum() == 0 ? Double.NaN : seconds;
    }

    /** @param baseline [runs] seconds, as own */
    private static Speed figures(Turn turn, long tokens, double[] baseline, double[] own) {
        var rates = Spread.of(Arrays.stream(own).map(s -> tokens / s).toArray());
        var each = rates.median() / turn.threads();
        var cores = new LinkedHashMap<String, Long>();
        for (var ceiling : GpuCeiling.values()) {
            cores.put(ceiling.description(), ceiling.cores(each));
        }
        return new Speed(
                turn.tokenizer().id(), turn.threads(), rates, each, Spread.of(Figures.ratios(baseline, own)), cores);
    }

    private Findings findings(List<Speed> figures, long tokens) {
        var note =
                "%,d texts, %,d tokens of at most %d a text, after %,d others; runs in turns after one to warm up: %d; ratio is the baseline's time (%s) over its own"
                        .formatted(
                                measured.size(),
                                tokens,
                                context.model().maxSeqLength(),
                                warm.size(),
                                context.runs(),
                                BenchTokenizer.DJL.id());
        var named = new Table(
                "What they are",
                "",
                List.of("tokenizer", ""),
                Arrays.stream(BenchTokenizer.values())
                        .map(each -> List.of(each.id(), each.description()))
                        .toList());
        var speed = new BarChart(
                "Tokens in a second and core",
                "Median of %d runs. More is better.".formatted(context.runs()),
                figures.stream().map(TokenizerBench::name).toList(),
                Axis.linear("tokens/s"),
                List.of(new Bars(
                        "tokens/s and core",
                        figures.stream()
                                .mapToDouble(Speed::tokensPerSecondAndCore)
                                .toArray())),
                false);
        return new Findings(
                "tokenizer",
                "Tokenizer",
                note,
                List.of(speeds(figures), cores(figures), named),
                List.of(speed),
                figures);
    }

    private static String name(Speed figures) {
        return "%s, %d %s"
                .formatted(figures.tokenizer(), figures.threads(), figures.threads() == 1 ? "thread" : "threads");
    }

    private static Table speeds(List<Speed> all) {
        return new Table(
                "Speed",
                "",
                List.of("tokenizer", "tokens/s", "least", "most", "a core", "ratio", "least", "most"),
                all.stream()
                        .map(each -> List.of(
                                name(each),
                                Cells.whole(each.tokensPerSecond().median()),
                                Cells.whole(each.tokensPerSecond().least()),
                                Cells.whole(each.tokensPerSecond().most()),
                                Cells.whole(each.tokensPerSecondAndCore()),
                                Cells.decimals(each.ratio().median(), 2),
                                Cells.decimals(each.ratio().least(), 2),
                                Cells.decimals(each.ratio().most(), 2)))
                        .toList());
    }

    /** Where all cores are busy, as they would be beside a GPU. */
    private Table cores(List<Speed> all) {
        var busy =
                all.stream().filter(each -> each.threads() == context.cores()).toList();
        return new Table(
                "One H100 would need so many cores like these, if it reached its measured ceilings",
                "",
                Stream.concat(Stream.of("model", "tokens/s"), busy.stream().map(Speed::tokenizer))
                        .toList(),
                Arrays.stream(GpuCeiling.values())
                        .map(ceiling -> Stream.concat(
                                        Stream.of(ceiling.description(), Cells.whole(ceiling.tokensPerSecond())),
                                        busy.stream()
                                                .map(each -> Cells.whole(
                                                        each.coresForOneH100().get(ceiling.description()))))
                                .toList())
                        .toList());
    }
}
