package dev.packhorse.udf.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.util.AccumulatorV2;

/**
 * Brings what tasks count to the driver.
 *
 * <p>Spark adds up an accumulator once for every task that ends, also when a stage runs again because its shuffle files
 * were lost, which would count rows twice. So this one is a map by step and partition: a second run of a partition
 * replaces the first, and the sums are exact.
 *
 * <p>Thread-safe: tasks of an executor and its heartbeat use it at the same time. What {@link #value} gives has the counts
 * themselves, which grow as long as their task runs.
 */
public final class RunAccumulator extends AccumulatorV2<RunReport, RunReport> {

    private final boolean profiling;
    private final Map<String, Counts> partitions = new ConcurrentHashMap<>();
    private final Map<String, ExecutorReport> executors = new ConcurrentHashMap<>();

    /** Of counts alone. */
    public RunAccumulator() {
        this(false);
    }

    /** @param profiling whether tasks make a {@link TaskProfile}, too: it costs a little time and memory */
    public RunAccumulator(boolean profiling) {
        this.profiling = profiling;
    }

    /**
     * A task's counts, live from now on.
     *
     * @param step of the run, such as {@code embed}
     * @param partition of the step; another attempt at it replaces what the one before counted
     */
    public Counts open(String step, int partition) {
        var counts = profiling ? Counts.profiled() : new Counts();
        partitions.put(step + "-" + partition, counts);
        return counts;
    }

    /** What the executor says of itself now. */
    public void report(String executorId, ExecutorReport report) {
        executors.merge(executorId, report, ExecutorReport::max);
    }

    @Override
    public boolean isZero() {
        return partitions.isEmpty() && executors.isEmpty();
    }

    @Override
    public RunAccumulator copy() {
        var copy = new RunAccumulator(profiling);
        copy.add(value());
        return copy;
    }

    @Override
    public void reset() {
        partitions.clear();
        executors.clear();
    }

    @Override
    public void add(RunReport report) {
        partitions.putAll(report.partitions());
        report.executors().forEach(this::report);
    }

    @Override
    public void merge(AccumulatorV2<RunReport, RunReport> other) {
        add(other.value());
    }

    @Override
    public RunReport value() {
        return new RunReport(Map.copyOf(partitions), Map.copyOf(executors));
    }
}
