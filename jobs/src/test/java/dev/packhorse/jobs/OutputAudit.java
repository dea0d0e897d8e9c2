package dev.packhorse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.udf.LocalSpark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.spark.sql.Row;

/**
 * What must hold of a job's output after whatever happened to it: rows in = vectors + errors, each id once, and in the
 * folder nothing but Parquet files, Spark's mark of success and the manifest.
 *
 * @param rows what was written
 */
record OutputAudit(List<Row> rows) {

    /** Holds the output of a job over the ids 0 to {@code rows - 1} against its summary and the source. */
    static OutputAudit of(Path output, JobProcess.Ended job, long rows) {
        assertHoldsOnlyItsFiles(output);
        var audit = read(output);
        var written = audit.rows();
        assertThat(written.stream().map(row -> row.getAs("id").toString()).sorted())
                .as("ids")
                .containsExactlyElementsOf(LongStream.range(0, rows)
                        .mapToObj(String::valueOf)
                        .sorted()
                        .toList());
        var vectors =
                written.stream().filter(row -> row.getAs("embedding") != null).count();
        var errors = written.stream().filter(row -> row.getAs("error") != null).count();
        assertThat(written)
                .allSatisfy(row -> assertThat(row.getAs("embedding") == null).isEqualTo(row.getAs("error") != null));
        assertThat(job.row("rows read")).isEqualTo(number(rows));
        assertThat(job.row("vectors")).isEqualTo(number(vectors));
        assertThat(job.row("errors").replaceFirst(" .*", "")).isEqualTo(number(errors));
        return audit;
    }

    /** The rows of an output as they are. */
    static OutputAudit read(Path output) {
        return new OutputAudit(
                LocalSpark.session().read().parquet(output.toString()).collectAsList());
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static void assertHoldsOnlyItsFiles(Path output) {
        assertThat(namesIn(output))
                .allMatch(name -> name.endsWith(".parquet")
                        || name.matches("\\.part-.*\\.parquet\\.crc|_SUCCESS|\\._SUCCESS\\.crc|_packhorse"));
        assertThat(namesIn(output)).contains("_SUCCESS");
        assertThat(namesIn(output.resolve("_packhorse")))
                .allMatch(name -> name.matches("\\.?run-.*\\.json(\\.crc)?"))
                .filteredOn(name -> name.endsWith(".json"))
                .hasSize(1);
    }

    private static List<String> namesIn(Path folder) {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The vectors by id, as text. */
    Map<String, List<Float>> vectors() {
        return Vectors.byId(rows);
    }

    /** Holds the vectors against another run's, bit by bit. */
    void assertSameVectors(OutputAudit other) {
        assertThat(vectors()).isEqualTo(other.vectors());
    }
}
