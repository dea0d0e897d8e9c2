/**
 * What tasks count while they embed, and how it reaches the driver exactly once.
 *
 * <ul>
 *   <li>Of a task: {@code Counts} of each {@code Count}, and where a page is made of the run a {@code TaskProfile}
 *   <li>Of a job, exactly: {@code RunAccumulator} brings them and each {@code ExecutorReport} (with {@code ProcessMemory}) to the
 *       driver, as a {@code RunReport}
 *   <li>For people who watch: each {@code EmbedMetric} of an operator by {@code EmbedMetrics}, of an executor by {@code
 *       ExecutorMetrics}, of an application by {@code DriverMetrics}; both are a {@code MetricsSource}
 * </ul>
 */
package dev.packhorse.udf.metrics;
