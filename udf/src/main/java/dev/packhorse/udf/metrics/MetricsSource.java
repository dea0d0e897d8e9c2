package dev.packhorse.udf.metrics;

import com.codahale.metrics.MetricRegistry;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;

/**
 * A source of Spark's metrics system, with a counter for each {@link EmbedMetric}: every sink that Spark is configured with
 * (Prometheus, JMX, Graphite, ...) gets it. Thread-safe.
 */
final class MetricsSource implements Source {

    private final MetricRegistry registry = new MetricRegistry();

    private MetricsSource() {
        for (var metric : EmbedMetric.values()) {
            registry.counter(metric.key());
        }
    }

    /** Makes one and registers it with this process' metrics system. */
    static MetricsSource register() {
        var source = new MetricsSource();
        SparkEnv.get().metricsSystem().registerSource(source);
        return source;
    }

    void add(EmbedMetric metric, long more) {
        registry.counter(metric.key()).inc(more);
    }

    @Override
    public String sourceName() {
        return "packhorse";
    }

    @Override
    public MetricRegistry metricRegistry() {
        return registry;
    }
}
