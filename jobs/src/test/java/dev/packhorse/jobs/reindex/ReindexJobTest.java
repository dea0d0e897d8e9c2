package dev.packhorse.jobs.reindex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.model.Sha256;
import dev.packhorse.jobs.TextFiles;
import dev.packhorse.jobs.options.ReindexOptions;
import dev.packhorse.jobs.options.ReindexOptions.TargetFormat;
import dev.packhorse.jobs.outcome.ExitCode;
import dev.packhorse.jobs.outcome.JobException;
import dev.packhorse.udf.options.OptionException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A target is in step with its source after each run, and nothing is embedded that need not be. */
class ReindexJobTest extends ReindexFixture {

    @ParameterizedTest
    @EnumSource
    void onlyWhatChangedIsEmbedded(TargetFormat format) {
        fill(60);
        lines.add(TextFiles.json(200, null));
        var first = reindex(format);
        assertThat(first.count("source_rows")).isEqualTo(61);
        assertThat(first.count("new")).isEqualTo(61);
        assertThat(first.count("encoded_texts")).isEqualTo(60);
        assertThat(first.report().path("status").asText()).isEqualTo("published");
        assertInStep(format);
        var before = rows(format);

        texts.put(3, "text number 3 of the source, which now says something else");
        texts.put(4, "text number 4 of the source, which now says nothing");
        texts.remove(10);
        texts.put(1010, texts.remove(11)); // moved
        texts.put(1011, texts.get(12)); // comes twice now
        texts.put(1012, "a text that is new");
        lines.clear();
        lines.add(TextFiles.json(201, "")); // and 200 is gone
        var second = reindex(format);

        assertThat(second.count("source_rows")).isEqualTo(62);
        assertThat(second.count("new")).isEqualTo(4);
        assertThat(second.count("changed")).isEqualTo(2);
        assertThat(second.count("removed")).isEqualTo(3);
        assertThat(second.count("unchanged")).isEqualTo(56);
        assertThat(second.count("encoded_texts")).isEqualTo(3);
        assertThat(second.count("vectors_taken_from_target")).isEqualTo(2);
        assertInStep(format);
        var after = rows(format);
        assertThat(after.get(1010L).<Object>getAs("embedding"))
                .isEqualTo(before.get(11L).getAs("embedding"));
        assertThat(after).doesNotContainKeys(10L, 11L, 200L);
        for (var id = 20L; id < 60; id++) {
            assertThat(after.get(id)).isEqualTo(before.get(id));
        }
        assertThat(held(format)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void whereNothingChangedNothingIsWritten(TargetFormat format) {
        fill(5);
        lines.add("{\"id\": broken"); // has no id, and so is told by its content
        lines.add("{\"id\": torn");
        var first = reindex(format);
        assertThat(first.count("without_id")).isEqualTo(2);
        assertThat(published(format).count()).isEqualTo(7);
        assertThat(published(format)
                        .filter("error LIKE 'the source record is malformed: %'")
                        .count())
                .isEqualTo(2);

        var second = reindex(format);

        assertThat(second.report().path("status").asText()).isEqualTo("unchanged");
        assertThat(second.report().path("exit_code").asInt()).isZero();
        assertThat(second.report().path("snapshot")).isEqualTo(first.report().path("snapshot"));
        assertThat(second.out()).contains("Nothing has changed: 7 rows");
        assertThat(open(format).versions()).hasSize(1);

        lines.set(1, "{\"id\": also broken");
        lines.add("{\"id\": null, \"text\": \"%s\"}".formatted(texts.get(2))); // a text that the target has
        var third = reindex(format);

        assertThat(third.report().path("status").asText()).isEqualTo("published");
        assertThat(third.count("encoded_texts")).isZero();
        assertThat(published(format).filter("id IS NULL").select("error").collectAsList().stream()
                        .map(row -> row.getString(0)))
                .containsExactlyInAnyOrder(
                        "id in column 'id' is null",
                        "the source record is malformed: {\"id\": broken",
                        "the source record is malformed: {\"id\": also broken");
    }

    @ParameterizedTest
    @EnumSource
    void removedRowsAreKeptOnRequest(TargetFormat format) {
        fill(30);
        reindex(format);
        texts.remove(7);

        var kept = reindex(format, "deletes", "keep");

        assertThat(kept.count("removed")).isEqualTo(1);
        assertThat(kept.report().path("status").asText()).isEqualTo("unchanged");
        texts.put(8, "another text");
        reindex(format, "deletes", "keep");
        assertThat(rows(format)).hasSize(30).containsKey(7L);
        assertThat(reindex(format).count("removed")).isEqualTo(1);
        assertThat(rows(format)).hasSize(29).doesNotContainKey(7L);
    }

    @ParameterizedTest
    @EnumSource
    void anotherFingerprintEmbedsAllAnewAndSaysSoFirst(TargetFormat format) {
        fill(40);
        reindex(format);
        var old = open(format).published().orElseThrow().marks().get("packhorse.fingerprint");

        var said = reindex(format, "prompt", "passage: ");

        var now = said.report().path("fingerprint").asText();
        assertThat(now).isNotEqualTo(old);
        assertThat(said.count("encoded_texts")).isEqualTo(40);
        assertThat(said.count("unchanged")).isEqualTo(40);
        assertThat(said.out())
                .containsSubsequence(
                        "All 40 texts are embedded anew: the model's fingerprint was " + old,
                        "estimate     about ",
                        " tokens, ",
                        "embedded     40 texts");
        assertInStep(format, "prompt", "passage: ");

        texts.remove(0);
        assertThatThrownBy(() -> reindex(format, "deletes", "keep"))
                .isInstanceOf(OptionException.class)
                .hasMessageStartingWith(
                        "--deletes keep: expected vectors of one model, found 1 rows whose texts are gone and the model's fingerprint was "
                                + now)
                .hasMessageEndingWith("; start once with --deletes delete");
        assertThat(report().path("exit_code").asInt()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsCarriedAlongChangesWithoutEncoding(TargetFormat format) {
        lines.add("{\"id\": 1, \"text\": \"one\", \"lang\": \"en\"}");
        lines.add("{\"id\": 2, \"text\": \"two\", \"lang\": null}");
        reindex(format, "carry-columns", "lang");
        lines.set(1, "{\"id\": 2, \"text\": \"two\", \"lang\": \"en\"}");

        var said = reindex(format, "carry-columns", "lang");

        assertThat(said.count("carried")).isEqualTo(1);
        assertThat(said.count("encoded_texts")).isZero();
        assertInStep(format, "carry-columns", "lang");
    }

    @ParameterizedTest
    @EnumSource
    void chunksOfATextComeAndGoWithIt(TargetFormat format) {
        var chunks = new String[] {"long-text", "chunk", "chunk-tokens", "12"};
        fill(25);
        texts.put(1, "a text of many words ".repeat(12));
        texts.put(2, "another text of many words ".repeat(9));
        reindex(format, chunks);
        assertInStepByChunks(format, chunks);

        texts.put(1, "a text of many words ".repeat(3));
        texts.put(500, texts.remove(2));
        texts.put(3, "words upon words upon words ".repeat(5));
        var said = reindex(format, chunks);

        assertThat(said.count("vectors_taken_from_target")).isEqualTo(1);
        assertInStepByChunks(format, chunks);
    }

    private void assertInStepByChunks(TargetFormat format, String... chunks) {
        assertInStep(format, chunks);
    }

    @ParameterizedTest
    @EnumSource
    void repeatedIdsFailTheAuditBeforeAnythingIsEmbedded(TargetFormat format) {
        fill(3);
        lines.add(TextFiles.json(1, "a text"));
        lines.add(TextFiles.json(2, "a text"));

        assertThatThrownBy(() -> reindex(format))
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.AUDIT_FAILED))
                .hasMessage(
                        "the audit failed before anything was embedded: duplicate ids: expected each id of the source once, found some more than once; ids 1, 2");
        assertThat(report().path("exit_code").asInt()).isEqualTo(3);
        assertThat(report().path("audit").path("duplicate_ids").path("passed").asBoolean(true))
                .isFalse();
        assertThat(open(format, "nothing published")).isTrue();
    }

    private boolean open(TargetFormat format, String why) {
        return switch (format) {
            case ICEBERG -> open(format).published().isEmpty();
            case PARQUET -> !folder.resolve("vectors/_current.json").toFile().exists() && !why.isEmpty();
        };
    }

    @Test
    void aSourceThatCannotBeReadHasAnExitCodeOfItsOwn() {
        fill(1);

        assertThatThrownBy(() -> reindex(
                        TargetFormat.ICEBERG,
                        "source",
                        folder.resolve("no/such").toString()))
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.SOURCE_UNREADABLE))
                .hasMessageStartingWith("expected a source that can be read, found: ")
                .hasMessageContaining("no/such");
        assertThat(report().path("exit_code").asInt()).isEqualTo(4);
    }

    @Test
    void aSourceWhoseFilesAreBrokenHasItToo() throws Exception {
        fill(1);
        var broken = Files.writeString(
                Files.createDirectories(folder.resolve("broken")).resolve("some.parquet"), "no Parquet");

        assertThatThrownBy(() -> reindex(TargetFormat.ICEBERG, "source", broken.toString(), "input-format", "parquet"))
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.SOURCE_UNREADABLE))
                .hasMessageStartingWith("expected a source that can be read, found: ");
    }

    @ParameterizedTest
    @EnumSource
    void otherColumnsAreRefused(TargetFormat format) {
        fill(2);
        reindex(format);

        assertThatThrownBy(() -> reindex(format, "carry-columns", "lang"))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining(": expected the columns struct<id:bigint,embedding:array<float>,")
                .hasMessageContaining("lang:string")
                .hasMessageEndingWith(
                        "; set --carry-columns, --id-column and --long-text as the runs before did, or name another target");
    }

    @ParameterizedTest
    @EnumSource
    void versionsCanBeReadGoneBackToAndLetGo(TargetFormat format) {
        fill(4);
        var one = reindex(format).report().path("snapshot").asText();
        texts.put(0, "a second version");
        var two = reindex(format).report().path("snapshot").asText();
        texts.put(0, "a third version");
        var three = reindex(format).report().path("snapshot").asText();
        assertThat(ids(format)).containsExactly(three, two, one);

        open(format).rollBack(one);

        assertThat(open(format).published().orElseThrow().version()).isEqualTo(one);
        assertThat(hash(format, 0)).isEqualTo(Sha256.hex("text number 0 of the source, which says this and that"));
        assertThatThrownBy(() -> open(format).rollBack("1")).hasMessageContaining("--roll-back-to 1: expected a ");
        var again = reindex(format, "keep-snapshots", "1");
        assertThat(again.count("changed")).isEqualTo(1);
        assertThat(again.count("expired_snapshots")).isPositive();
        assertThat(hash(format, 0)).isEqualTo(Sha256.hex("a third version"));
        assertThat(ids(format)).containsExactly(again.report().path("snapshot").asText());
        assertInStep(format);
    }

    private List<String> ids(TargetFormat format) {
        return open(format).versions().stream().map(version -> version.id()).toList();
    }

    private String hash(TargetFormat format, long id) {
        Map<Long, Row> rows = rows(format);
        return rows.get(id).getAs("text_hash");
    }

    @Test
    void columnsThatWouldBeTakenForThoseOfChunksAreNotCarried() {
        assertThatThrownBy(() -> reindex(TargetFormat.ICEBERG, "carry-columns", "Chunk"))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--carry-columns Chunk: expected a name that targets do not use for chunks, found one; rename it by --query");
    }

    @Test
    void aFileIsNoTableWhateverItsName() throws Exception {
        fill(2);
        var file = options(TargetFormat.ICEBERG).get(ReindexOptions.SOURCE).get(0);
        var odd = Path.of("target", "a-file.of.texts.jsonl");
        Files.createDirectories(odd.getParent());
        Files.copy(Path.of(file), odd, StandardCopyOption.REPLACE_EXISTING);

        assertThat(reindex(TargetFormat.ICEBERG, "source", odd.toString()).count("source_rows"))
                .isEqualTo(2);
        assertThatThrownBy(() -> reindex(TargetFormat.ICEBERG, "source", "no-such-file.v2.jsonl"))
                .isInstanceOf(JobException.class)
                .hasMessageStartingWith("expected a source that can be read, found: ");
    }

    @Test
    void anIcebergTargetsUntouchedFilesAreTheSameFiles() {
        fill(50);
        reindex(TargetFormat.ICEBERG);
        var before = dataFiles();
        texts.put(0, "another text");

        reindex(TargetFormat.ICEBERG);

        assertThat(dataFiles()).containsAll(before).hasSizeGreaterThan(before.size());
    }

    private List<String> dataFiles() {
        var name = open(TargetFormat.ICEBERG).toString();
        return spark.sql("SELECT file_path FROM %s.files WHERE content = 0".formatted(name)).collectAsList().stream()
                .map(row -> Path.of(URI.create(row.getString(0))).getFileName().toString())
                .toList();
    }

    @Test
    void aTableKeepsItsPrecisionWhereNoneIsAskedFor() {
        fill(3);
        var int8 = reindex(TargetFormat.ICEBERG, "precision", "int8")
                .report()
                .path("fingerprint")
                .asText();
        texts.put(0, "another text");

        var said = reindex(TargetFormat.ICEBERG);

        assertThat(said.report().path("fingerprint").asText()).isEqualTo(int8);
        assertThat(said.count("encoded_texts")).isEqualTo(1);
    }

    @Test
    void aTableIsASourceToo() {
        fill(3);
        spark.read()
                .json(options(TargetFormat.ICEBERG).get(ReindexOptions.SOURCE).get(0))
                .withColumn("lang", functions.lit("en"))
                .createOrReplaceTempView("texts_of_a_test");

        var none = NONE.get(0);
        var said =
                reindex(TargetFormat.ICEBERG, "source", "texts_of_a_test", "input-format", none, "input-schema", none);

        assertThat(said.count("source_rows")).isEqualTo(3);
        assertThatThrownBy(() -> reindex(TargetFormat.ICEBERG, "source", "texts_of_a_test"))
                .hasMessage("--input-format: expected with --input, found with --table");
    }
}
