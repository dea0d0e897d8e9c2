package dev.packhorse.jobs.charts;

import dev.packhorse.jobs.page.Axis;
import dev.packhorse.jobs.page.BarChart;
import dev.packhorse.jobs.page.BarChart.Bars;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.Counts;
import dev.packhorse.udf.metrics.RunReport;
import dev.packhorse.udf.metrics.TaskProfile;
import dev.packhorse.udf.metrics.TaskProfile.Lengths;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Charts of how long texts are, and of what that would cost with padding. */
final class TextCharts {

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
        var kinds = new LinkedHashMap<String, Map<Integer, Long>>();
        kinds.put("whole texts", lengths.whole());
        kinds.put("truncated texts", lengths.truncated());
        return LengthHistogram.of(kinds, lengthsNote(longest()));
    }

    private int longest() {
        return Stream.of(lengths.whole(), lengths.truncated())
                .flatMap(texts -> texts.keySet().stream())
                .mapToInt(Integer::intValue)
                .max()
                .orElse(0);
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
