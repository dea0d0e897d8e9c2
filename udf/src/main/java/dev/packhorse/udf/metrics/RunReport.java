package dev.packhorse.udf.metrics;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;

/**
 * All that the tasks of a run reported, by the partition and by the executor it is about. Its counts may still grow, see
 * {@link RunAccumulator}; thread-safe.
 *
 * @param partitions counts by step and partition: a task that runs again replaces what it said before
 * @param executors by executor id
 */
public record RunReport(Map<String, Counts> partitions, Map<String, ExecutorReport> executors) implements Serializable {

    /** The sum over all partitions. */
    public Counts total() {
        return Counts.sum(partitions.values());
    }

    /** This report with what a task that still runs said meanwhile; a partition that is done stays as it is. */
    public RunReport with(RunReport live) {
        var partitions = new HashMap<>(this.partitions);
        var executors = new HashMap<>(this.executors);
        live.partitions.forEach(partitions::putIfAbsent);
        live.executors.forEach((id, report) -> executors.merge(id, report, ExecutorReport::max));
        return new RunReport(partitions, executors);
    }
}
