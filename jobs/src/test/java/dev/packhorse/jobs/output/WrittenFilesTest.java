package dev.packhorse.jobs.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.rows.OutputColumns;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the audit counts, and what becomes of files whose count is wrong. */
class WrittenFilesTest {

    @TempDir
    private java.nio.file.Path temporary;

    private OutputFolder folder;

    @BeforeEach
    void openFolder() {
        folder =
                OutputFolder.open(LocalSpark.session(), temporary.resolve("out").toString());
    }

    /** Of the columns of a result those that are counted, and ids. */
    private static final StructType SCHEMA =
            new StructType(Stream.of(OutputColumns.ID, OutputColumns.EMBEDDING, OutputColumns.ERROR)
                    .map(OutputColumns.schema(DataTypes.LongType, false, List.of())::apply)
                    .toArray(StructField[]::new));

    /** Rows with vectors of so many numbers each; null for a row with an error. */
    private static Dataset<Row> rows(Integer... lengths) {
        var rows = new ArrayList<Row>();
        for (var length : lengths) {
            var vector = length == null ? null : Collections.nCopies(length, 0.5f);
            rows.add(RowFactory.create((long) rows.size(), vector, length == null ? "some error" : null));
        }
        return LocalSpark.session().createDataFrame(rows, SCHEMA).coalesce(1);
    }

    private WrittenFiles write(String runId, Dataset<Row> rows) {
        return folder.write(rows, runId, Map.of(), FloatEncoding.PLAIN, rows.schema(), new FileSizes(0, 1), 4);
    }

    private List<java.nio.file.Path> parquetFiles() throws IOException {
        try (var files = Files.list(temporary.resolve("out"))) {
            return files.filter(file -> file.toString().endsWith(".parquet")).toList();
        }
    }

    @Test
    void vectorsAndErrorsAreCountedFromTheFiles() {
        var written = write("run-1", rows(4, null, 4, 4, null));

        assertThat(written.files()).isEqualTo(1);
        assertThat(written.rows()).isEqualTo(5);
        assertThat(written.vectors()).isEqualTo(3);
        assertThat(written.errors()).isEqualTo(2);
        assertThat(written.bytes()).isPositive();
    }

    @Test
    void filesOfAnotherRunAreNotCounted() {
        var other = write("run-1", rows(4, 4));

        var written = write("run-2", rows(4, null));

        assertThat(written.rows()).isEqualTo(2);
        assertThat(written.paths()).hasSize(1).doesNotContainAnyElementsOf(other.paths());
    }

    @Test
    void vectorsOfAnotherLengthAreNoticed() {
        assertThatThrownBy(() -> write("run-1", rows(4, 3)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(".parquet: expected whole vectors of 4 numbers, found 7 numbers");
        assertThat(temporary.resolve("out")).as("nothing is left of it").doesNotExist();
    }

    @Test
    void aManifestThatCannotBeWrittenLeavesTheOldFilesAlone() throws Exception {
        write("run-1", rows(4, 4));
        var before = parquetFiles();
        Files.writeString(temporary.resolve("out/_packhorse"), "a file where a folder should be");
        folder =
                OutputFolder.open(LocalSpark.session(), temporary.resolve("out").toString());
        write("run-2", rows(4, null));

        var quiet = new PrintStream(OutputStream.nullOutputStream());
        try (var staging = folder.stage("run-2", false, quiet)) {
            assertThatThrownBy(() -> folder.publish(
                            new Manifest("run-2", Instant.EPOCH, Map.of("run", "run-2")),
                            OutputMode.OVERWRITE,
                            staging))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessage("could not publish to file:" + temporary.resolve("out"));
        }
        assertThat(parquetFiles()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(
            value = OutputMode.class,
            names = {"OVERWRITE", "APPEND"})
    void rowsInFoldersOfAnotherLayoutAreNotTouched(OutputMode mode) throws Exception {
        var other = Files.createDirectories(temporary.resolve("out/lang=en"));
        Files.createDirectories(temporary.resolve("out/_packhorse"));

        assertThatThrownBy(() -> OutputFolder.open(
                                LocalSpark.session(), temporary.resolve("out").toString())
                        .existing()
                        .check(mode))
                .isInstanceOf(OptionException.class)
                .hasMessage("--mode %s: expected a folder with files of a Packhorse job, found the folder file:%s in it"
                        .formatted(mode.id(), other));
    }

    @Test
    void noFilesHoldNothing() {
        var conf = LocalSpark.session().sessionState().newHadoopConf();

        assertThat(WrittenFiles.read(List.<Path>of(), conf, "run-1", 4))
                .isEqualTo(new WrittenFiles(List.of(), 0, 0, 0, 0));
    }

    @Test
    void discardingARunsFilesLeavesThoseOfOthers() throws Exception {
        write("run-1", rows(4, 4));
        var before = parquetFiles();
        var wrong = write("run-2", rows(4, null));

        assertThat(wrong.files()).isEqualTo(1);
        folder.discard("run-2");

        assertThat(parquetFiles()).isEqualTo(before);
    }

    @Test
    void discardingTheOnlyFilesLeavesNoFolder() {
        write("run-1", rows(4, null));

        folder.discard("run-1");

        assertThat(temporary.resolve("out")).doesNotExist();
    }

    @Test
    void aFolderThatCannotBeReachedIsRefused() {
        assertThatThrownBy(() -> OutputFolder.open(LocalSpark.session(), "nowhere://host/out"))
                .isInstanceOf(OptionException.class)
                .hasMessageStartingWith("--output nowhere://host/out: expected a folder that can be reached, found: ")
                .hasMessageContaining("nowhere");
    }
}
