package dev.packhorse.udf.metrics;

import java.util.Arrays;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/**
 * The sums over all executors and queries of an application, as a source of the driver's metrics system: what Prometheus reads
 * at the driver's {@code /metrics/prometheus}. Grows as tasks end.
 */
final class DriverMetrics extends SparkListener {

    private static final Map<String, EmbedMetric> BY_NAME = Arrays.stream(EmbedMetric.values())
            .collect(Collectors.toMap(EmbedMetric::accumulator, Function.identity()));

    private static final Map<SparkContext, DriverMetrics> WATCHED = new WeakHashMap<>();

    private final MetricsSource source = MetricsSource.register();

    private DriverMetrics() {}

    /** Begins to watch an application, if nobody has yet. */
    static synchronized void watch(SparkContext spark) {
        WATCHED.computeIfAbsent(spark, context -> {
            var metrics = new DriverMetrics();
            context.addSparkListener(metrics);
            return metrics;
        });
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
        end.taskInfo().accumulables().foreach(update -> {
            add(update);
            return scala.runtime.BoxedUnit.UNIT;
        });
    }

    private void add(AccumulableInfo update) {
        var metric = update.name().isDefined() ? BY_NAME.get(update.name().get()) : null;
        if (metric != null && update.update().isDefined() && update.update().get() instanceof Number more) {
            source.add(metric, more.longValue());
        }
    }
}
