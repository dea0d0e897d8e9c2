package dev.packhorse.udf.metrics;

import java.io.Serializable;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.execution.metric.SQLMetric;
import org.apache.spark.sql.execution.metric.SQLMetrics;
import org.apache.spark.util.LongAccumulator;

/**
 * The metrics of one operator of a query, for each {@link EmbedMetric} one that Spark's UI shows at the operator, and an
 * accumulator that it shows at the stage. Made on the driver, sent to the tasks.
 *
 * <p>They are for looking at. Where a stage runs again its tasks are added again; the exact counts of a job are those of
 * {@link RunAccumulator}.
 *
 * <p>Immutable itself; Spark gives each task a copy, whose numbers only that task's thread adds to.
 */
public final class EmbedMetrics implements Serializable {

    private final Map<EmbedMetric, SQLMetric> metrics;
    private final Map<EmbedMetric, LongAccumulator> accumulators;

    private EmbedMetrics(Map<EmbedMetric, SQLMetric> metrics, Map<EmbedMetric, LongAccumulator> accumulators) {
        this.metrics = metrics;
        this.accumulators = accumulators;
    }

    /** New metrics, all at zero, that are shown as well by {@link DriverMetrics}. */
    public static EmbedMetrics create(SparkContext spark) {
        DriverMetrics.watch(spark);
        var metrics = new EnumMap<EmbedMetric, SQLMetric>(EmbedMetric.class);
        var accumulators = new EnumMap<EmbedMetric, LongAccumulator>(EmbedMetric.class);
        for (var metric : EmbedMetric.values()) {
            accumulators.put(metric, spark.longAccumulator(metric.accumulator()));
            metrics.put(
                    metric,
                    switch (metric.unit()) {
                        case NUMBER -> SQLMetrics.createMetric(spark, metric.label());
                        case NANOSECONDS -> SQLMetrics.createNanoTimingMetric(spark, metric.label(), 0);
                    });
        }
        return new EmbedMetrics(metrics, accumulators);
    }

    /** As an operator of a plan holds them. */
    @SuppressWarnings("unchecked") // javac does not see the types of Scala's updated
    public scala.collection.immutable.Map<String, SQLMetric> asScala() {
        scala.collection.immutable.Map<String, SQLMetric> map = new scala.collection.immutable.HashMap<>();
        for (var metric : metrics.entrySet()) {
            map = map.updated(metric.getKey().key(), metric.getValue());
        }
        return map;
    }

    /** Tells them from those of every other operator. */
    public long id() {
        return metrics.get(EmbedMetric.ROWS).id();
    }

    /** Brings what a task counts here. Belongs to the task's thread. */
    public final class InTask {

        private final Map<EmbedMetric, Long> before = new EnumMap<>(EmbedMetric.class);

        private InTask() {}

        /**
         * Adds what came since the last call.
         *
         * @param counts of the task so far
         */
        public void show(Counts counts) {
            for (var metric : EmbedMetric.values()) {
                var now = metric.of(counts);
                var more = now - Objects.requireNonNullElse(before.put(metric, now), 0L);
                metrics.get(metric).add(more);
                accumulators.get(metric).add(more);
                ExecutorMetrics.add(metric, more);
            }
        }
    }

    /** A view for one task. */
    public InTask inTask() {
        return new InTask();
    }
}
