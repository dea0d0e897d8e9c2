package dev.packhorse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.udf.LocalSpark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SQL's embed on executor processes, beside the embed job: a job whose query embeds too, and carries those vectors along. */
class SqlIT {

    @TempDir
    private Path folder;

    private JobProcess.Ended embed(List<String> settings) throws IOException {
        var model = Fixtures.copyTinyBert(Files.createDirectory(folder.resolve("models")));
        var input = TextFiles.json(folder.resolve("texts.jsonl"), Fixtures.texts());
        var query = "SELECT id, text, embed(text, map('model', '%s', 'empty-text', 'encode')) AS vector FROM json.`%s`"
                .formatted(model, input);
        var all = new ArrayList<>(List.of(
                "--master",
                "local-cluster[2,1,2048]",
                "--conf",
                "spark.scheduler.minRegisteredResourcesRatio=1",
                "--conf",
                "spark.sql.extensions=dev.packhorse.udf.PackhorseExtensions"));
        all.addAll(settings);
        return JobProcess.submit(
                folder,
                all,
                List.of(
                        "embed",
                        "--query",
                        query,
                        "--model",
                        model.toString(),
                        "--empty-text",
                        "encode",
                        "--carry-columns",
                        "vector",
                        "--output",
                        folder.resolve("out").toString()));
    }

    @Test
    void aQuerysVectorsAreThoseOfTheJobAndExecutorsTellTheirMetrics() throws IOException {
        var sinks = Files.createDirectory(folder.resolve("metrics"));
        embed(List.of(
                        "--conf",
                        "spark.metrics.namespace=packhorse",
                        "--conf",
                        "spark.metrics.conf.*.sink.csv.class=org.apache.spark.metrics.sink.CsvSink",
                        "--conf",
                        "spark.metrics.conf.*.sink.csv.period=1",
                        "--conf",
                        "spark.metrics.conf.*.sink.csv.directory=" + sinks))
                .assertDone();

        var rows = LocalSpark.session()
                .read()
                .parquet(folder.resolve("out").toString())
                .collectAsList();
        assertThat(rows).hasSize(Fixtures.texts().size());
        assertThat(rows).allSatisfy(row -> assertThat(row.getList(row.fieldIndex("vector")))
                .isEqualTo(row.getList(row.fieldIndex("embedding"))));
        var twice = 2L * rows.size(); // the query's and the job's
        assertThat(last(sinks, "packhorse.driver.packhorse.vectors.csv")).containsExactly(twice);
        assertThat(last(sinks, "packhorse.[0-9]+.packhorse.vectors.csv").stream()
                        .mapToLong(n -> n)
                        .sum())
                .as("of both executors")
                .isEqualTo(twice);
    }

    /** The last number of each file: a line is a time and a count. */
    private static List<Long> last(Path folder, String name) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches(name))
                    .map(SqlIT::last)
                    .toList();
        }
    }

    private static long last(Path file) {
        try {
            var lines = Files.readAllLines(file);
            var last = lines.get(lines.size() - 1);
            return Long.parseLong(last.substring(last.indexOf(',') + 1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
