package dev.packhorse.jobs.report;

import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.Counts;
import dev.packhorse.udf.metrics.ExecutorReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The table that a person sees at the end of a run. Thread-safe: each call makes one of its own. */
public final class SummaryTable {

    private final RunSummary run;
    private final Counts counts;
    private final List<String> lines = new ArrayList<>();

    private SummaryTable(RunSummary run) {
        this.run = run;
        this.counts = run.counts();
    }

    /** A run's numbers, a line for each of them, in English whatever the locale. */
    public static String of(RunSummary run) {
        var table = new SummaryTable(run);
        table.addRows();
        table.addWork();
        table.addCosts();
        return String.join(System.lineSeparator(), table.lines);
    }

    private void addRows() {
        add("model", "%s, fingerprint %s", run.model(), run.fingerprint().substring(0, 16));
        add("encoder", "%s", run.encoder());
        add("rows read", "%,d", run.rows());
        if (run.taken().rows() > 0) {
            add(
                    "taken over",
                    "%,d rows from a run that died; %,d embedded anew, of which the further counts are",
                    run.taken().rows(),
                    counts.get(Count.ROWS));
        }
        add("vectors", "%,d", run.written().vectors());
        add("errors", "%,d%s", run.written().errors(), reasons());
    }

    /** What was done with the texts. */
    private void addWork() {
        add("duplicates", "%,d rows took the vector of another with the same text", counts.get(Count.DUPLICATES));
        add("truncated", "%,d rows, %,d tokens lost", counts.get(Count.TRUNCATED_ROWS), counts.get(Count.LOST_TOKENS));
        if (counts.get(Count.CHUNKED_ROWS) > 0) {
            add(
                    "chunks",
                    "%,d long texts were cut into %,d chunks",
                    counts.get(Count.CHUNKED_ROWS),
                    counts.get(Count.CHUNKS));
        }
        add(
                "tokens",
                "%,d in %,d batches, padding %.1f%%",
                counts.get(Count.TOKENS),
                counts.get(Count.BATCHES),
                100 * counts.paddingShare());
        if (counts.get(Count.HALVED_BATCHES) > 0) {
            add("halved", "%,d batches could not be encoded whole; the log says why", counts.get(Count.HALVED_BATCHES));
        }
        add(
                "tasks",
                "%,d that encoded, the largest %.2f times the mean in tokens, the slowest %.2f times the median in time",
                run.encodingTasks(),
                run.largestTask(),
                run.millisOfTasks().imbalance());
    }

    private void addCosts() {
        add(
                "speed",
                "encoder %,.0f tokens/s, job %,.0f tokens/s",
                run.encoderTokensPerSecond(),
                run.jobTokensPerSecond());
        add(
                "time",
                "%.1f s; of the tasks' %.1f s: %s",
                run.wall().toMillis() / 1e3,
                run.taskTime().toMillis() / 1e3,
                steps());
        var executors = run.report().executors().size();
        add("model loads", "%d on %d executor%s", run.modelLoads(), executors, executors == 1 ? "" : "s");
        add("peak memory", "%s", memory());
        var files = run.written().files();
        add(
                "output",
                "%s (%d file%s, %.1f MiB)",
                run.output(),
                files,
                files == 1 ? "" : "s",
                run.written().bytes() / 1048576.0);
    }

    private String reasons() {
        return run.errorsByReason().isEmpty()
                ? ""
                : run.errorsByReason().entrySet().stream()
                        .map(e -> e.getKey() + " " + e.getValue())
                        .collect(Collectors.joining(", ", " (", ")"));
    }

    private String steps() {
        return run.stepSeconds().entrySet().stream()
                .map(step -> String.format(Locale.ROOT, "%s %.1f", step.getKey(), step.getValue()))
                .collect(Collectors.joining(", "));
    }

    private String memory() {
        var executors = run.report().executors().values();
        var heap = executors.stream()
                .mapToLong(ExecutorReport::peakHeapBytes)
                .max()
                .orElse(0);
        var resident = executors.stream()
                .mapToLong(ExecutorReport::peakResidentBytes)
                .max()
                .orElse(0);
        return String.format(Locale.ROOT, "heap %,d MiB, ", heap >> 20)
                + (resident == 0 ? "resident unknown" : String.format(Locale.ROOT, "resident %,d MiB", resident >> 20))
                + ", of the largest executor";
    }

    private void add(String name, String format, Object... values) {
        lines.add("%-12s %s".formatted(name, String.format(Locale.ROOT, format, values)));
    }
}
