package dev.packhorse.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Models;
import dev.packhorse.jobs.EmbedRun;
import dev.packhorse.jobs.TextFiles;
import dev.packhorse.jobs.Vectors;
import dev.packhorse.jobs.output.OutputFolder;
import dev.packhorse.jobs.output.StagingFolders;
import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.ResultColumns;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.rows.EmbedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the embed job does where its output exists already. */
class EmbedJobModesTest extends EmbedJobFixture {

    @Test
    void theJobStopsUnlessItIsToldWhatToDo() throws IOException {
        some().run();
        var before = snapshot();

        assertRefused(
                some(),
                "--output file:%s: expected a folder that does not exist, found one; set --mode overwrite or append"
                        .formatted(output));
        assertThat(snapshot()).isEqualTo(before);
    }

    @Test
    void overwriteReplacesRowsAndManifest() {
        some().run();
        var files = files(".parquet");
        var manifests = manifests();

        some().set("max-seq-length", "8").set("mode", "overwrite").run();

        assertThat(written()).hasSize(4);
        assertThat(files(".parquet")).isNotEmpty().doesNotContainAnyElementsOf(files);
        assertThat(manifests()).hasSize(1).doesNotContainAnyElementsOf(manifests);
    }

    /** Neither would know what the other one wrote. */
    @Test
    void overwriteIsRefusedWhileAnotherJobIsAtWorkThere() throws IOException {
        some().run();
        StagingFolders.live(output, "abc");
        var before = snapshot();

        assertRefused(
                some().set("mode", "overwrite"),
                "--mode overwrite: expected no other job at work on --output file:%s, found abc; start again when that has ended"
                        .formatted(output));
        assertThat(snapshot()).isEqualTo(before);
        var existing =
                OutputFolder.open(LocalSpark.session(), output.toString()).existing();
        assertThatThrownBy(() -> existing.checkAlone("abd"))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("found abc");
        existing.checkAlone("abc");
    }

    @Test
    void whatAnOverwriteHadYetToDeleteWhenItDiedIsNotThereForTheNextJob() throws IOException {
        some().run();
        var old = new ArrayList<Path>(files(".parquet"));
        old.addAll(manifests());
        for (var file : old) {
            Files.copy(file, folder.resolve(file.getFileName()));
        }
        some().set("max-seq-length", "8").set("mode", "overwrite").run();
        for (var file : old) {
            Files.copy(folder.resolve(file.getFileName()), file);
        }
        var run = json(manifests().stream()
                        .filter(manifest -> !old.contains(manifest))
                        .findFirst()
                        .orElseThrow())
                .path("run")
                .asText();
        Files.write(
                StagingFolders.ended(output, run).resolve("replaced"),
                old.stream().map(file -> "file:" + file).toList());

        EmbedRun.to(output)
                .set("query", "SELECT id + 4 AS id, text FROM json.`%s`".formatted(folder.resolve("some.jsonl")))
                .set("max-seq-length", "8")
                .set("mode", "append")
                .run();

        assertThat(written().stream().map(row -> row.<Long>getAs("id")))
                .containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
        assertThat(old).noneMatch(Files::exists);
        assertThat(manifests()).hasSize(2);
    }

    @Test
    void overwriteMayReadWhatItReplaces() {
        some().set("carry-columns", "text").run();
        var before = Vectors.byId(written());

        EmbedRun.to(output).from("parquet", output).set("mode", "overwrite").run();

        Vectors.assertSame(Vectors.byId(written()), before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"overwrite", "append"})
    void aJobThatFailsLeavesTheOldRowsAlone(String mode) throws IOException {
        some().run();
        var before = snapshot();

        assertThatThrownBy(() -> failing().set("mode", mode).run())
                .rootCause()
                .isInstanceOf(EmbedException.class)
                .hasMessage("text in column 'text' of the row with id '200' is null");
        assertThat(snapshot()).isEqualTo(before);
    }

    @Test
    void aJobThatFailsLeavesNoFolderThatWasNotThere() {
        assertThatThrownBy(() -> failing().run()).rootCause().isInstanceOf(EmbedException.class);

        assertThat(output).doesNotExist();
    }

    /** Good rows in six tasks, each with a file of its own, and one bad row. */
    private EmbedRun failing() {
        var lines = IntStream.range(0, 200)
                .mapToObj(i -> TextFiles.json(i, "text " + i))
                .collect(Collectors.toList());
        lines.add(TextFiles.json(200, null));
        return EmbedRun.to(output)
                .from("json", TextFiles.write(folder.resolve("bad.jsonl"), lines))
                .set("window-rows", "5")
                .set("target-file-size", "0")
                .set("on-error", "fail");
    }

    @Test
    void appendAddsRowsAndAManifest() {
        some().run();

        some().set("mode", "append").run();

        assertThat(written()).hasSize(8);
        assertThat(manifests()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"overwrite", "append"})
    void aFolderThatIsNotThereIsMade(String mode) {
        some().set("mode", mode).run();

        assertThat(written()).hasSize(4);
        assertThat(manifests()).hasSize(1);
    }

    @Test
    void appendRefusesVectorsOfAnotherModel() throws IOException {
        some().run();
        var before = snapshot();
        var model = Models.find(Fixtures.tinyBert().toString());

        assertRefused(
                some().set("mode", "append").set("max-seq-length", "32"),
                "--mode append: expected vectors of fingerprint %s as this job makes, found %s in file:%s; vectors of two models must not be mixed"
                        .formatted(
                                model.withMaxSeqLength(32).fingerprint(Precision.FLOAT32),
                                model.fingerprint(Precision.FLOAT32),
                                manifests().get(0)));
        assertThat(snapshot()).isEqualTo(before);
    }

    @Test
    void appendRefusesOtherColumns() {
        some().run();

        var found = StructType.fromDDL(ResultColumns.DDL);
        assertRefused(
                some().set("mode", "append").set("carry-columns", "text"),
                "--mode append: expected the columns %s, found %s in file:%s"
                        .formatted(found.add("text", "string").simpleString(), found.simpleString(), output));
    }

    @Test
    void appendRefusesFilesOfAJobThatDidNotFinish() throws IOException {
        some().run();
        some().set("mode", "append").run();
        var last = manifests().get(1);
        var run = json(last).path("run").asText();
        Files.delete(last);

        assertThatThrownBy(() -> some().set("mode", "append").run())
                .isInstanceOf(OptionException.class)
                .hasMessageMatching(
                        "--mode append: expected files of runs with a manifest, found file:.*\\.parquet of none; delete it if its job did not finish");
        assertThat(files(".parquet").stream().filter(file -> footer(file)
                        .getFileMetaData()
                        .getKeyValueMetaData()
                        .get("packhorse.run")
                        .equals(run)))
                .isNotEmpty();
    }

    @Test
    void appendRefusesFilesOfUnknownOrigin() {
        LocalSpark.session().range(3).write().parquet(output.toString());

        assertRefused(
                some().set("mode", "append"),
                "--mode append: expected a manifest in file:%s/_packhorse, found Parquet files without one"
                        .formatted(output));
    }
}
