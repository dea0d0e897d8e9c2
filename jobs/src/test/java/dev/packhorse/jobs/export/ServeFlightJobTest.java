package dev.packhorse.jobs.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.jobs.options.ReindexOptions.TargetFormat;
import dev.packhorse.jobs.options.ServeFlightOptions;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ServeFlightJobTest extends ExportFixture {

    private static final Pattern PORT = Pattern.compile("at grpc://127\\.0\\.0\\.1:(\\d+)");

    private OptionValues serving(String... more) {
        var given = new java.util.LinkedHashMap<String, List<String>>(Map.of(
                "from", List.of("vectors"),
                "warehouse", List.of(folder.resolve("warehouse").toString()),
                "batch-rows", List.of("16"),
                "flight-port", List.of("0")));
        for (var i = 0; i < more.length; i += 2) {
            given.put(more[i], List.of(more[i + 1]));
        }
        return OptionValues.read(ServeFlightOptions.ALL, Map.of(), given);
    }

    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void anyClientReadsAllRows() throws Exception {
        fill(50);
        reindex(TargetFormat.ICEBERG);
        var out = new ByteArrayOutputStream();
        var job = ServeFlightJob.of(
                serving(), spark.sparkContext().getConf(), new PrintStream(out, true, StandardCharsets.UTF_8));
        var thread = new Thread(() -> job.run(spark), "serving");
        thread.start();
        try {
            var found = PORT.matcher("");
            while (thread.isAlive()
                    && !found.reset(out.toString(StandardCharsets.UTF_8)).find()) {
                Thread.sleep(20);
            }
            assertThat(read(Integer.parseInt(found.group(1)))).hasSize(50).contains("0", "49");
        } finally {
            thread.interrupt();
            thread.join();
        }
    }

    private static Set<String> read(int port) throws Exception {
        var ids = new TreeSet<String>();
        try (var allocator = new RootAllocator();
                var client = FlightClient.builder(allocator, Location.forGrpcInsecure("127.0.0.1", port))
                        .build()) {
            var info = client.getInfo(FlightDescriptor.path("embeddings"));
            assertThat(info.getRecords()).isEqualTo(50);
            for (var endpoint : info.getEndpoints()) {
                try (var stream = client.getStream(endpoint.getTicket())) {
                    assertThat(stream.getSchema().getCustomMetadata()).containsEntry("embedding.model", "tiny-bert");
                    while (stream.next()) {
                        var id = (VarCharVector) stream.getRoot().getVector("id");
                        for (var i = 0; i < stream.getRoot().getRowCount(); i++) {
                            assertThat(ids.add(id.getObject(i).toString())).isTrue();
                        }
                    }
                }
            }
        }
        return ids;
    }

    @Test
    void otherHostsAreLetInByTlsAndATokenOnly() {
        assertThatThrownBy(() -> ServeFlightJob.of(serving("flight-host", "0.0.0.0"), new SparkConf(), System.out))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--flight-host 0.0.0.0: expected --flight-certificate-file and --flight-key-file to let other hosts in, found none");
    }
}
