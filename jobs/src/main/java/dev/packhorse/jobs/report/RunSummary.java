package dev.packhorse.jobs.report;

import dev.packhorse.jobs.output.WrittenFiles;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.Counts;
import dev.packhorse.udf.metrics.ExecutorReport;
import dev.packhorse.udf.metrics.RunReport;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A run that is done, in numbers.
 *
 * @param model what people call it
 * @param fingerprint of its vectors
 * @param report what its tasks counted
 * @param taken what it took over from a run that died; the report is of the rest
 * @param written what its files hold
 * @param wall from the first row read to the last file committed
 * @param taskTime the time of all tasks, added up
 * @param slots tasks that could run at a time
 * @param output where the files are
 */
public record RunSummary(
        String model,
        String fingerprint,
        RunReport report,
        TakenOver taken,
        WrittenFiles written,
        Duration wall,
        Duration taskTime,
        int slots,
        String output) {

    /** Of a run that had nothing to do. */
    public static RunSummary nothing(String model, String fingerprint, int slots, String output) {
        return new RunSummary(
                model,
                fingerprint,
                new RunReport(Map.of(), Map.of()),
                TakenOver.NOTHING,
                WrittenFiles.NONE,
                Duration.ZERO,
                Duration.ZERO,
                slots,
                output);
    }

    /** This run and another one of the same job after it. */
    public RunSummary plus(RunSummary next) {
        var partitions = new HashMap<>(report.partitions());
        // tasks of the two have the same names
        next.report.partitions().forEach((task, counts) -> partitions.put(partitions.size() + "-" + task, counts));
        var executors =
                report.with(new RunReport(Map.of(), next.report.executors())).executors();
        return new RunSummary(
                model,
                fingerprint,
                new RunReport(partitions, executors),
                new TakenOver(taken.rows() + next.taken.rows(), taken.furtherRows() + next.taken.furtherRows()),
                written.plus(next.written),
                wall.plus(next.wall),
                taskTime.plus(next.taskTime),
                slots,
                output);
    }

    /** The sum of what the tasks counted. */
    public Counts counts() {
        return report.total();
    }

    /** Rows of the source: those that were embedded anew, and those that were taken over. */
    public long rows() {
        return counts().get(Count.ROWS) + taken.rows();
    }

    /** Real tokens that the encoder took in a second while all slots encode. */
    public double encoderTokensPerSecond() {
        return perSecond(counts().get(Count.ENCODE_NANOS) / 1e9 / slots);
    }

    /** Real tokens in a second of the whole run, from reading to committing. */
    public double jobTokensPerSecond() {
        return perSecond(wall.toMillis() / 1e3);
    }

    private double perSecond(double seconds) {
        return seconds == 0 ? 0 : counts().get(Count.TOKENS) / seconds;
    }

    /** Tasks that encoded. */
    public int encodingTasks() {
        return (int) taskTokens().count();
    }

    /** The computed tokens of the largest task over those of the mean one; 1 is perfect balance, and of no tasks too. */
    public double largestTask() {
        return taskTokens().max().orElse(1) / taskTokens().average().orElse(1);
    }

    /** Of the tasks that encoded, the tokens that each computed. */
    public Distribution tokensOfTasks() {
        return Distribution.of(taskTokens());
    }

    /** Of the tasks that encoded, the milliseconds that each took, its result written. */
    public Distribution millisOfTasks() {
        return Distribution.of(encoding().mapToLong(counts -> counts.get(Count.TASK_NANOS) / 1_000_000));
    }

    private LongStream taskTokens() {
        return encoding().mapToLong(counts -> counts.get(Count.COMPUTED_TOKENS));
    }

    private Stream<Counts> encoding() {
        return report.partitions().values().stream().filter(counts -> counts.get(Count.COMPUTED_TOKENS) > 0);
    }

    /** How often a model was loaded, over all executors. */
    public int modelLoads() {
        return report.executors().values().stream()
                .mapToInt(ExecutorReport::modelLoads)
                .sum();
    }

    /** What the executors' encoders are; usually one, one for each GPU where tasks have them, none where there were no rows. */
    public String encoder() {
        return encoder(report);
    }

    /** The same of what executors reported. */
    public static String encoder(RunReport report) {
        if (report.executors().isEmpty()) {
            return "none: no row was encoded";
        }
        return report.executors().values().stream()
                .flatMap(executor -> executor.encoders().stream())
                .distinct()
                .sorted()
                .collect(Collectors.joining("; "));
    }

    /** Rows with an error by reason, without the reasons that did not occur. */
    public Map<String, Long> errorsByReason() {
        return errorsByReason(report);
    }

    /** The same of what tasks counted. */
    public static Map<String, Long> errorsByReason(RunReport report) {
        var counts = report.total();
        var errors = new LinkedHashMap<String, Long>();
        for (var count : Count.values()) {
            if (count.name().startsWith("ERROR_") && counts.get(count) > 0) {
                errors.put(
                        count.name()
                                .substring("ERROR_".length())
                                .toLowerCase(Locale.ROOT)
                                .replace('_', ' '),
                        counts.get(count));
            }
        }
        return errors;
    }

    /** Seconds of task time by step; writing is what remains, for Spark does it around our iterators. */
    public Map<String, Double> stepSeconds() {
        return stepSeconds(report, taskTime);
    }

    /** The same of what tasks counted, and ran, all together. */
    public static Map<String, Double> stepSeconds(RunReport report, Duration taskTime) {
        var counts = report.total();
        var seconds = new LinkedHashMap<String, Double>();
        seconds.put("read", counts.get(Count.READ_NANOS) / 1e9);
        seconds.put("tokenize", counts.get(Count.TOKENIZE_NANOS) / 1e9);
        seconds.put("encode", counts.get(Count.ENCODE_NANOS) / 1e9);
        var load = counts.get(Count.LOAD_NANOS) / 1e9;
        var known = seconds.values().stream().mapToDouble(Double::doubleValue).sum() + load;
        seconds.put("write", Math.max(0, taskTime.toMillis() / 1e3 - known));
        seconds.put("load the model", load);
        return seconds;
    }

    /** The numbers for the manifest. */
    public Map<String, Object> asEntries() {
        var counts = counts();
        var entries = new LinkedHashMap<String, Object>();
        entries.put("rows", rows());
        entries.put("rows_taken_over", taken.rows());
        entries.put("rows_embedded", counts.get(Count.ROWS));
        entries.put("vectors", written.vectors());
        entries.put("errors", written.errors());
        entries.put("errors_by_reason", errorsByReason());
        entries.put("duplicates_encoded_once", counts.get(Count.DUPLICATES));
        entries.put("truncated_rows", counts.get(Count.TRUNCATED_ROWS));
        entries.put("lost_tokens", counts.get(Count.LOST_TOKENS));
        entries.put("chunked_rows", counts.get(Count.CHUNKED_ROWS));
        entries.put("chunks", counts.get(Count.CHUNKS));
        entries.put("tokens", counts.get(Count.TOKENS));
        entries.put("computed_tokens", counts.get(Count.COMPUTED_TOKENS));
        entries.put("batches", counts.get(Count.BATCHES));
        entries.put("halved_batches", counts.get(Count.HALVED_BATCHES));
        entries.put("encoding_tasks", encodingTasks());
        entries.put("largest_task", largestTask());
        entries.put("task_tokens", tokensOfTasks().entries());
        entries.put("task_millis", millisOfTasks().entries());
        entries.put("model_loads", modelLoads());
        entries.put("executors", report.executors().size());
        entries.put("files", written.files());
        entries.put("bytes", written.bytes());
        entries.put("wall_seconds", wall.toMillis() / 1e3);
        return entries;
    }
}
