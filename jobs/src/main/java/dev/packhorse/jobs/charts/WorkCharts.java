package dev.packhorse.jobs.charts;

import dev.packhorse.jobs.page.Axis;
import dev.packhorse.jobs.page.BarChart;
import dev.packhorse.jobs.page.BarChart.Bars;
import dev.packhorse.jobs.page.Chart;
import dev.packhorse.jobs.page.LineChart;
import dev.packhorse.jobs.page.LineChart.Line;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.Counts;
import dev.packhorse.udf.metrics.RunReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Charts of how tasks spent their time, and of what came of it. */
final class WorkCharts {

    private static final int MOST_TIMES = 60; // places on the axis of time
    private static final double SHORTEST = 250; // milliseconds between two of them
    private static final int MOST_TASKS = 60; // with a bar each
    private static final int RANKS = 101;

    private WorkCharts() {}

    /** A task that encoded: what it encoded, and when, in milliseconds since 1970. */
    private record Span(double begin, double end, long tokens) {}

    /** Real tokens in a second, over the time of the run: those of a task spread evenly over its time. */
    static LineChart throughput(RunReport report) {
        var spans = report.partitions().values().stream()
                .filter(task -> task.get(Count.TOKENS) > 0)
                .flatMap(task -> task.profile().stream().map(profile -> span(task, profile.begunMillis())))
                .toList();
        var begin = spans.stream().mapToDouble(Span::begin).min().orElse(0);
        var end = spans.stream().mapToDouble(Span::end).max().orElse(0);
        var unit = TimeUnit.of(end - begin);
        var times = (int) Math.max(2, Math.min(MOST_TIMES, (end - begin) / SHORTEST));
        var step = Math.max(1, end - begin) / times;
        var tokens = new double[times];
        for (var span : spans) {
            for (var i = 0; i < times; i++) {
                var from = Math.max(span.begin(), begin + i * step);
                var to = Math.min(span.end(), begin + (i + 1) * step);
                tokens[i] += to > from ? span.tokens() * (to - from) / (span.end() - span.begin()) : 0;
            }
        }
        var x = IntStream.range(0, times)
                .mapToDouble(i -> round((i + 0.5) * step / unit.millis()))
                .toArray();
        var y = IntStream.range(0, times)
                .mapToDouble(i -> Math.rint(tokens[i] / (step / 1e3)))
                .toArray();
        return new LineChart(
                "Throughput over time",
                spans.isEmpty()
                        ? "No text was encoded by this run."
                        : "Those of a task are spread evenly over the time that it took, its result written.",
                Axis.linear("%s since the first task began".formatted(unit.label())),
                Axis.linear("real tokens/s"),
                spans.isEmpty() ? List.of() : List.of(new Line("real tokens/s", x, y)));
    }

    private static Span span(Counts task, long begun) {
        var begin = begun + task.get(Count.LOAD_NANOS) / 1e6;
        var end = begun + task.get(Count.TASK_NANOS) / 1e6;
        return new Span(begin, Math.max(end, begin + 1), task.get(Count.TOKENS));
    }

    private static double round(double number) {
        return Math.rint(number * 1e3) / 1e3;
    }

    /** In what a time of that length is counted. */
    private record TimeUnit(String label, double millis) {
        static TimeUnit of(double millis) {
            if (millis < 10 * 60e3) {
                return new TimeUnit("seconds", 1e3);
            }
            return millis < 10 * 3600e3 ? new TimeUnit("minutes", 60e3) : new TimeUnit("hours", 3600e3);
        }
    }

    /** Seconds by step. */
    static BarChart steps(String title, String note, Map<String, Double> seconds) {
        var values = seconds.values().stream().mapToDouble(Double::doubleValue).toArray();
        return new BarChart(
                title,
                note,
                List.copyOf(seconds.keySet()),
                Axis.linear("seconds"),
                List.of(new Bars("seconds", values)),
                false);
    }

    /** Tokens that each task computed: a bar for each, or where there are many, how they are spread. */
    static Chart tasks(RunReport report) {
        var title = "Tokens per task";
        var note = "Computed by each task that encoded, the largest first: the more even, the shorter a run.";
        var tokens = report.partitions().values().stream()
                .map(task -> task.get(Count.COMPUTED_TOKENS))
                .filter(computed -> computed > 0)
                .sorted(Comparator.reverseOrder())
                .toList();
        if (tokens.size() <= MOST_TASKS) {
            var names = IntStream.rangeClosed(1, tokens.size())
                    .mapToObj(String::valueOf)
                    .toList();
            var values = tokens.stream().mapToDouble(Long::doubleValue).toArray();
            return new BarChart(
                    title, note, names, Axis.linear("computed tokens"), List.of(new Bars("tokens", values)), false);
        }
        var percent = new double[RANKS];
        var values = new double[RANKS];
        for (var rank = 0; rank < RANKS; rank++) {
            percent[rank] = rank;
            values[rank] = tokens.get((int) ((tokens.size() - 1L) * rank / (RANKS - 1)));
        }
        return new LineChart(
                title,
                note,
                Axis.linear("percent of the %,d tasks".formatted(tokens.size())),
                Axis.linear("computed tokens"),
                List.of(new Line("tokens", percent, values)));
    }

    /** Rows with an error, by reason. */
    static BarChart errors(Map<String, Long> byReason) {
        var values = new ArrayList<>(byReason.values())
                .stream().mapToDouble(Long::doubleValue).toArray();
        return new BarChart(
                "Errors by kind",
                byReason.isEmpty()
                        ? "No row that this run embedded has an error."
                        : "Rows that have an error in place of a vector.",
                List.copyOf(byReason.keySet()),
                Axis.linear("rows"),
                List.of(new Bars("rows", values)),
                false);
    }
}
