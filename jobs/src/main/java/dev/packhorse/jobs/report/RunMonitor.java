package dev.packhorse.jobs.report;

import dev.packhorse.udf.metrics.RunAccumulator;
import dev.packhorse.udf.metrics.RunReport;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/**
 * Knows at any time what a run's tasks have counted so far: what ended tasks said, and what running ones say with every
 * heartbeat of their executor. Thread-safe: Spark's listener bus tells it while others ask.
 */
public final class RunMonitor extends SparkListener {

    private final RunAccumulator accumulator;
    private final Map<Long, RunReport> live = new ConcurrentHashMap<>();
    private final AtomicLong taskMillis = new AtomicLong();

    /** @param accumulator of the run, registered with its Spark context */
    public RunMonitor(RunAccumulator accumulator) {
        this.accumulator = accumulator;
    }

    @Override
    public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate heartbeat) {
        heartbeat.accumUpdates().foreach(task -> {
            var taskId = (Long) task._1();
            task._4().foreach(update -> {
                if (update.id() == accumulator.id() && update.update().isDefined()) {
                    live.put(taskId, (RunReport) update.update().get());
                }
                return scala.runtime.BoxedUnit.UNIT;
            });
            return scala.runtime.BoxedUnit.UNIT;
        });
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
        live.remove(end.taskInfo().taskId());
        if (end.taskMetrics() != null) {
            taskMillis.addAndGet(end.taskMetrics().executorRunTime());
        }
    }

    /** All that is known now; its counts may grow on. */
    public RunReport report() {
        var report = accumulator.value();
        for (var task : live.values()) {
            report = report.with(task);
        }
        return report;
    }

    /** Milliseconds that ended tasks ran, added up: all tasks of the Spark context since this was made its listener. */
    public long taskMillis() {
        return taskMillis.get();
    }
}
