package dev.packhorse.udf.rows;

import dev.packhorse.engine.BatchListener;
import dev.packhorse.engine.Embedded;
import dev.packhorse.engine.Engine;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.Counts;
import dev.packhorse.udf.metrics.EmbedMetrics;
import dev.packhorse.udf.metrics.ExecutorReport;
import dev.packhorse.udf.metrics.RunAccumulator;
import dev.packhorse.udf.resident.RecentVectors;
import dev.packhorse.udf.resident.ResidentEngines;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/** What one task works with: a lease on the executor's engine, given back when the task ends, and its counts. */
final class TaskScope {

    private final ResidentEngines.Lease lease;
    private final EmbedSettings settings;
    private final Optional<RunAccumulator> exact;
    private final EmbedMetrics.InTask shown;
    private final Counts counts;
    private final TaskContext task;
    private final RecentVectors recent;

    private TaskScope(
            TaskContext task,
            ResidentEngines.Lease lease,
            EmbedSettings settings,
            Optional<RunAccumulator> exact,
            EmbedMetrics.InTask shown,
            Counts counts) {
        this.task = task;
        this.recent = task.attemptNumber() > 0 || task.stageAttemptNumber() > 0 ? new RecentVectors() : lease.recent();
        this.lease = lease;
        this.settings = settings;
        this.exact = exact;
        this.shown = shown;
        this.counts = counts;
    }

    /**
     * Opens the scope of the task that this thread runs.
     *
     * @param exact what a job's summary is made of; empty for queries, which have none
     * @param metrics what Spark shows of the operator that the task is part of
     */
    static TaskScope open(EmbedSettings settings, Optional<RunAccumulator> exact, EmbedMetrics metrics, String step) {
        var task = TaskContext.get();
        var counts = exact.map(run -> run.open(step, task.partitionId())).orElseGet(Counts::new);
        var start = System.nanoTime();
        var lease = ResidentEngines.lease(settings.engine());
        lease.recent().begin(exact.map(RunAccumulator::id).orElseGet(metrics::id));
        counts.add(Count.LOAD_NANOS, System.nanoTime() - start);
        var scope = new TaskScope(task, lease, settings, exact, metrics.inTask(), counts);
        task.addTaskCompletionListener((TaskCompletionListener) ended -> {
            counts.add(Count.TASK_NANOS, System.nanoTime() - start);
            try {
                scope.report();
            } finally {
                lease.close();
            }
        });
        return scope;
    }

    Engine engine() {
        return lease.engine();
    }

    /** See {@link ResidentEngines.Lease#embed}. */
    Embedded[] embed(List<int[]> rows, BatchListener listener) {
        return lease.embed(rows, listener);
    }

    /**
     * What the executor encoded lately; nothing for a task that runs again, for it would find what it did the first time
     * and count no tokens.
     */
    RecentVectors recent() {
        return recent;
    }

    /** Ends the work of a task that is not wanted any more, such as one that another attempt has overtaken. */
    void stopIfKilled() {
        if (task.isInterrupted()) {
            throw new EmbedException("the task was cancelled");
        }
    }

    Counts counts() {
        return counts;
    }

    /** Says what was counted so far, and how the executor is. */
    void report() {
        shown.show(counts);
        exact.ifPresent(run -> run.report(
                SparkEnv.get().executorId(),
                ExecutorReport.now(engine().info().toString(), ResidentEngines.loads(settings.engine()))));
    }
}
