package dev.packhorse.udf.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.udf.PackhorseExtensions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What people see of a query: in a Spark of its own, for that of the other tests has no UI. */
class EmbedMetricsTest {

    /** A query in a Spark with a UI, whose pages it prints. */
    public static final class Query {
        public static void main(String[] arguments) throws Exception {
            var spark = SparkSession.builder()
                    .master("local[2]")
                    .config("spark.ui.port", "0")
                    .config("spark.driver.bindAddress", "127.0.0.1")
                    .config("spark.driver.host", "localhost")
                    .config("spark.sql.extensions", PackhorseExtensions.class.getName())
                    .config("spark.packhorse.model", Fixtures.tinyBert().toString())
                    .config("spark.metrics.namespace", "packhorse")
                    .config(
                            "spark.metrics.conf.driver.sink.prometheusServlet.class",
                            "org.apache.spark.metrics.sink.PrometheusServlet")
                    .config("spark.metrics.conf.driver.sink.prometheusServlet.path", "/metrics/prometheus")
                    .getOrCreate();
            spark.sql("SELECT id, embed(if(id = 0, '', concat('text ', id % 7))) FROM range(0, 100, 1, 2)")
                    .collectAsList();
            spark.sparkContext().listenerBus().waitUntilEmpty();
            var ui = spark.sparkContext().uiWebUrl().get();
            print(ui + "/metrics/prometheus/");
            print(ui + "/api/v1/applications/" + spark.sparkContext().applicationId() + "/sql?details=true");
            print(ui + "/api/v1/applications/" + spark.sparkContext().applicationId() + "/stages?details=false");
            spark.stop();
        }

        private static void print(String page) throws IOException, InterruptedException {
            var request = HttpRequest.newBuilder(URI.create(page)).build();
            System.out.println("PAGE " + page);
            System.out.println(HttpClient.newHttpClient()
                    .send(request, BodyHandlers.ofString())
                    .body());
        }
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void areInTheUiAndInPrometheus(@TempDir Path folder) throws IOException, InterruptedException {
        var output = output(folder);

        assertThat(output)
                .contains("metrics_packhorse_driver_packhorse_rows_Count{type=\"counters\"} 100")
                .contains("metrics_packhorse_driver_packhorse_vectors_Count{type=\"counters\"} 99")
                .contains("metrics_packhorse_driver_packhorse_errors_Count{type=\"counters\"} 1")
                .contains("metrics_packhorse_driver_packhorse_padding_tokens_Count{type=\"counters\"} 0")
                .containsPattern(
                        "metrics_packhorse_driver_packhorse_encoder_time_nanos_Count\\{type=\"counters\"} [1-9]");
        var query = output.substring(output.indexOf("/sql?details"), output.indexOf("/stages?details"));
        assertThat(query.replaceAll("\\s+", ""))
                .contains("\"nodeName\":\"PackhorseEmbed\"")
                .contains("{\"name\":\"packhorserows\",\"value\":\"100\"}")
                .contains("{\"name\":\"packhorseerrors\",\"value\":\"1\"}");
        for (var metric : EmbedMetric.values()) {
            assertThat(query).contains("\"" + metric.label() + "\"");
        }
        assertThat(output.substring(output.indexOf("/stages?details")))
                .as("accumulators of the stage")
                .containsPattern("\"name\" : \"packhorse.rows\",\\s+\"value\" : \"100\"");
    }

    private static String output(Path folder) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> !argument.contains("agent"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Query.class.getName()));
        var log = folder.resolve("log");
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        var code = process.waitFor();
        assertThat(code).as(() -> read(log)).isZero();
        return read(log);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
