package dev.packhorse.jobs.embed;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.packhorse.jobs.EmbedRun;
import dev.packhorse.jobs.TextFiles;
import dev.packhorse.jobs.report.RunSummary;
import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.metrics.Counts;
import dev.packhorse.udf.metrics.RunReport;
import dev.packhorse.udf.options.OptionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Jobs of the tests of the embed job, and looks at what they wrote. */
abstract class EmbedJobFixture {

    static final List<String> SOME = List.of("one text", "another text", "one text", "the last of them");

    /** The schema of a Parquet file, less the lines that say what a vector is. */
    static final String MESSAGE_TYPE = """
            message spark_schema {
              optional int64 id;
              %s
              required int32 tokens;
              required boolean truncated;
              optional binary text_hash (STRING);
              optional binary error (STRING);
            }
            """;

    @TempDir
    Path folder;

    Path output;

    @BeforeEach
    void nameOutput() {
        output = folder.resolve("out");
    }

    /** A job that reads some texts, ids 0 to 3. */
    EmbedRun some() {
        return EmbedRun.to(output).from("json", TextFiles.json(folder.resolve("some.jsonl"), SOME));
    }

    List<Row> written() {
        return LocalSpark.session().read().parquet(output.toString()).collectAsList();
    }

    List<Path> files(String ending) {
        return list(output).stream()
                .filter(file -> file.toString().endsWith(ending))
                .toList();
    }

    List<Path> manifests() {
        return list(output.resolve("_packhorse")).stream()
                .filter(file -> file.toString().endsWith(".json"))
                .toList();
    }

    /** The other one of two; their names tell the order of runs to the second only. */
    Path manifestBeside(Path first) {
        return manifests().stream()
                .filter(manifest -> !manifest.equals(first))
                .findFirst()
                .orElseThrow();
    }

    static List<Path> list(Path folder) {
        try (var files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every file below the output and its bytes. */
    Map<String, String> snapshot() throws IOException {
        var snapshot = new TreeMap<String, String>();
        try (var files = Files.walk(output)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                snapshot.put(
                        output.relativize(file).toString(),
                        new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        return snapshot;
    }

    static ParquetMetadata footer(Path file) {
        var path = new org.apache.hadoop.fs.Path(file.toUri());
        try (var reader = ParquetFileReader.open(HadoopInputFile.fromPath(path, new Configuration()))) {
            return reader.getFooter();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String messageType(Path file) {
        return footer(file).getFileMetaData().getSchema().toString();
    }

    static List<ColumnChunkMetaData> columns(Path file) {
        return footer(file).getBlocks().stream()
                .flatMap(block -> block.getColumns().stream())
                .toList();
    }

    static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }

    static void assertRefused(EmbedRun job, String message) {
        assertThatThrownBy(job::run).isInstanceOf(OptionException.class).hasMessage(message);
    }

    /** The summary of a run whose tasks counted something else. */
    static RunSummary withCounts(RunSummary summary, Counts counts) {
        return new RunSummary(
                "tiny-bert",
                summary.fingerprint(),
                new RunReport(Map.of("0", counts), Map.of()),
                summary.taken(),
                summary.written(),
                summary.wall(),
                summary.taskTime(),
                summary.slots(),
                summary.output());
    }

    /** Whether there is such a file below a folder that another process writes to. */
    static boolean any(Path folder, Predicate<Path> wanted) {
        if (!Files.exists(folder)) {
            return false;
        }
        try (var files = Files.walk(folder)) {
            return files.anyMatch(wanted);
        } catch (IOException | RuntimeException e) { // what is walked through changes
            return false;
        }
    }
}
