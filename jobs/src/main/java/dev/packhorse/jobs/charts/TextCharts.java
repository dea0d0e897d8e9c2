package dev.packhorse.jobs.charts;

import dev.packhorse.jobs.page.Axis;
import dev.packhorse.jobs.page.BarChart;
import dev.packhorse.jobs.page.BarChart.Bars;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.Counts;
import dev.packhorse.udf.metrics.RunReport;
import dev.packhorse.udf.metrics.TaskProfile;
import dev.packhorse.udf.metrics.TaskProfile.Lengths;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Charts of how long texts are, and of what that would cost with padding. */
final class TextCharts {

    private static final int MOST_BARS = 40;

    /** Widths of bars that people can read. */
    private static final int[] WIDTHS = {1, 2, 4, 5, 8, 10, 16, 20, 25, 32, 50, 64, 100, 128, 200, 256, 500, 512, 1000};

    private final Counts counts;
    private final List<TaskProfile> profiles;
    private final Lengths lengths;

    /** @param report of a run with profiles */
    TextCharts(RunReport report) {
        counts = report.total();
        profiles = report.partitions().values().stream()
                .flatMap(task -> task.profile().stream())
                .toList();
        lengths = profiles.stream().map(TaskProfile::lengths).reduce(Lengths.NONE, Lengths::plus);
    }

    /** How many texts are of which length. */
    BarChart lengths() {
        var longest = Stream.of(lengths.whole(), lengths.truncated())
                .flatMap(texts -> texts.keySet().stream())
                .mapToInt(Integer::intValue)
                .max()
                .orElse(0);
        var width = width(longest);
        var bars = (longest + width - 1) / width;
        var names = new ArrayList<String>();
        for (var bar = 0; bar < bars; bar++) {
            var first = bar * width + 1;
            names.add(width == 1 ? String.valueOf(first) : first + "–" + (first + width - 1));
        }
        var series = new ArrayList<Bars>();
        if (longest > 0) {
            series.add(new Bars("whole texts", bars(lengths.whole(), bars, width)));
        }
        if (!lengths.truncated().isEmpty()) {
            series.add(new Bars("truncated texts", bars(lengths.truncated(), bars, width)));
        }
        return new BarChart("Token lengths", lengthsNote(longest), names, Axis.linear("texts"), series, true);
    }

    private static int width(int longest) {
        for (var width : WIDTHS) {
            if (longest <= width * MOST_BARS) {
                return width;
            }
        }
        return (longest + MOST_BARS - 1) / MOST_BARS;
    }

    /** @return [bars] texts whose tokens are 1 + bar * width to (1 + bar) * width */
    private static double[] bars(Map<Integer, Long> texts, int bars, int width) {
        var values = new double[bars];
        texts.forEach((length, count) -> values[Math.max(0, length - 1) / width] += count);
        return values;
    }

    private String lengthsNote(int longest) {
        var texts = texts();
        if (texts == 0) {
            return "No text was tokenized by this run.";
        }
        var cut = sum(lengths.truncated());
        return String.format(
                Locale.ROOT,
                "Real tokens that the encoder gets of a text, or of a chunk of one; %,d texts, %.1f tokens on average, half of them have at most %,d, the longest %,d.%s",
                texts,
                (double) tokens() / texts,
                median(texts),
                longest,
                cut == 0 ? "" : String.format(Locale.ROOT, " Of %,d the model reads only the beginning.", cut));
    }

    private long texts() {
        return sum(lengths.whole()) + sum(lengths.truncated());
    }

    private static long sum(Map<Integer, Long> texts) {
        return texts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Tokens of all texts, however often the same text comes. */
    private long tokens() {
        return Stream.of(lengths.whole(), lengths.truncated())
                .flatMap(texts -> texts.entrySet().stream())
                .mapToLong(entry -> entry.getKey() * entry.getValue())
                .sum();
    }

    private int median(long texts) {
        var all = new Lengths(lengths.whole(), Map.of()).plus(new Lengths(lengths.truncated(), Map.of()));
        var seen = 0L;
        for (var entry : all.whole().entrySet()) {
            seen += entry.getValue();
            if (2 * seen >= texts) {
                return entry.getKey();
            }
        }
        return 0;
    }

    /** What the run computed, and what it would have without packing, and without sorting. */
    BarChart padding() {
        var real = counts.get(Count.TOKENS);
        var computed = counts.get(Count.COMPUTED_TOKENS);
        var all = tokens();
        var arrival =
                profiles.stream().mapToLong(TaskProfile::arrivalPaddedTokens).sum();
        var sorted =
                profiles.stream().mapToLong(TaskProfile::sortedPaddedTokens).sum();
        var ways = real == 0
                ? List.<String>of()
                : List.of(
                        "%d at a time as they came, padded".formatted(TaskProfile.ARRIVAL_BATCH),
                        "each text once, sorted, padded",
                        computed == real ? "this run: sorted and packed" : "this run");
        var series = real == 0
                ? List.<Bars>of()
                : List.of(
                        new Bars("tokens of texts", new double[] {real, real, real}),
                        new Bars("of texts met again", new double[] {Math.max(0, all - real), 0, 0}),
                        new Bars("padding", new double[] {arrival - all, Math.max(0, sorted - real), computed - real}));
        var note = real == 0
                ? "No text was encoded by this run."
                : String.format(
                        Locale.ROOT,
                        "Tokens that the encoder computes. Batches of %d texts, in the order in which they came to the tasks, would have been %.2f times as many as this run computed.",
                        TaskProfile.ARRIVAL_BATCH,
                        (double) arrival / computed);
        return new BarChart("Padding saved", note, ways, Axis.linear("computed tokens"), series, true);
    }
}
