package dev.packhorse.udf.metrics;

import org.apache.spark.SparkEnv;

/** What the tasks of this executor count, all together, as a source of its metrics system. Thread-safe. */
final class ExecutorMetrics {

    /** SparkContext.DRIVER_IDENTIFIER, which is private to Spark. */
    private static final String DRIVER = "driver";

    private ExecutorMetrics() {}

    /** Registered when the first task counts something. */
    private static final class Holder {
        static final MetricsSource SOURCE = MetricsSource.register();
    }

    /** In local mode the driver is the executor, and its own source has the same numbers. */
    static void add(EmbedMetric metric, long more) {
        if (!DRIVER.equals(SparkEnv.get().executorId())) {
            Holder.SOURCE.add(metric, more);
        }
    }
}
