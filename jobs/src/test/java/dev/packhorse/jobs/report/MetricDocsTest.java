package dev.packhorse.jobs.report;

import dev.packhorse.jobs.Repository;
import dev.packhorse.udf.WrittenDocs;
import dev.packhorse.udf.metrics.EmbedMetric;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MetricDocsTest {

    @Test
    void theDocumentedMetricsAreThoseThatThereAre() throws IOException {
        WrittenDocs.assertWritten(Repository.root().resolve("docs/METRICS.md"), page());
    }

    private static String page() {
        return """
                # Metrics

                Made from the list of metrics in the code; do not edit. Each one is, under the name of the first column, a metric of the
                operators `PackhorseEmbed`, `PackhorseTokenize` and `PackhorseEncode` in the SQL tab of Spark's UI and in its REST
                API (`/api/v1/applications/ID/sql`). Under that of the second column it is a Spark accumulator, which the UI shows at
                the stage, and without `packhorse.` a counter of the source `packhorse` in Spark's metrics system, of the driver
                for the whole application and of each executor for itself, which every sink that Spark is configured with gets.

                | operator | accumulator | |
                | --- | --- | --- |
                %s

                Prometheus reads them from the driver, at `http://DRIVER:4040/metrics/prometheus`, with these settings, which
                `conf/spark-defaults.conf` has; the name of a counter is there `metrics_packhorse_driver_packhorse_rows_Count`:

                ```
                spark.metrics.namespace                                   packhorse
                spark.metrics.conf.driver.sink.prometheusServlet.class    org.apache.spark.metrics.sink.PrometheusServlet
                spark.metrics.conf.driver.sink.prometheusServlet.path     /metrics/prometheus
                ```

                The driver's counters grow when a task ends, the executors' when a window of rows does. Where Spark runs a stage again, its
                rows are counted again, as in all of Spark's metrics; the exact counts of an embed job are in its summary and its
                manifest. With `--sort global`, rows, truncation and the tokenizer's time are counted by `PackhorseTokenize`, and
                vectors, tokens and the encoder's time by `PackhorseEncode`. What is evaluated row by row, such as a constant's
                `embed`, is in no metric.
                """.formatted(Arrays.stream(EmbedMetric.values())
                .map(metric -> "| `%s` | `%s` | %s |".formatted(metric.label(), metric.accumulator(), metric.help()))
                .collect(Collectors.joining("\n")));
    }
}
