package dev.packhorse.udf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.PathChoice;
import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.model.Models;
import dev.packhorse.engine.model.Sha256;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.ExecutorReport;
import dev.packhorse.udf.options.EncodeOptions.EmptyText;
import dev.packhorse.udf.options.EncodeOptions.OnError;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.rows.EmbedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EmbeddingTest extends EmbeddingFixture {

    /** Words of many lengths in random order; about a third of the rows repeat a text of another one. */
    private List<String> randomCorpus(RandomGenerator random) {
        var texts = new ArrayList<String>();
        for (var i = 0; i < 150; i++) {
            texts.add(
                    i > 0 && random.nextInt(3) == 0
                            ? texts.get(random.nextInt(i))
                            : random.ints(1 + random.nextInt(40), 0, 500)
                                    .mapToObj(word -> Integer.toString(word * 37, 36))
                                    .collect(Collectors.joining(" ")));
        }
        return texts;
    }

    @Test
    void theVectorOfARowDependsOnItsTextOnly() {
        var texts = randomCorpus(Seeds.random());
        var distinct = new HashSet<>(texts).size();
        var expected =
                run(settings(ENGINE, 1_000), Way.WINDOWED, rows(texts), 1).vectorsById();

        for (var way : Way.values()) {
            for (var partitions : List.of(1, 5)) {
                for (var windowRows : List.of(1, 3, 50)) {
                    var result = run(settings(ENGINE, windowRows), way, rows(texts), partitions);

                    var what = "%s, %d partitions, windows of %d".formatted(way, partitions, windowRows);
                    assertSameVectors(what, result.vectorsById(), expected);
                    assertThat(result.counts().get(Count.ROWS)).as(what).isEqualTo(texts.size());
                    assertThat(result.counts().get(Count.VECTORS)).as(what).isEqualTo(texts.size());
                    assertThat(result.counts().get(Count.PENDING_TOKENS))
                            .as(what)
                            .isZero();
                    assertThat(result.counts().get(Count.ENCODED_ROWS)
                                    + result.counts().get(Count.DUPLICATES))
                            .as(what)
                            .isEqualTo(texts.size());
                    if (way == Way.GLOBAL) {
                        assertThat(result.counts().get(Count.DUPLICATES))
                                .as(what)
                                .isEqualTo(texts.size() - distinct);
                    }
                }
            }
        }
    }

    private void assertSameVectors(String what, Map<Integer, List<Float>> found, Map<Integer, List<Float>> expected) {
        assertThat(found.keySet()).as(what).isEqualTo(expected.keySet());
        found.forEach((id, vector) -> {
            for (var i = 0; i < vector.size(); i++) {
                assertThat(Math.abs(vector.get(i) - expected.get(id).get(i)))
                        .as("%s, id %d, number %d", what, id, i)
                        .isLessThanOrEqualTo((float) NO_DIFFERENCE);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void columnsAreCarriedAsTheyAre(Way way) {
        var rows = List.of(row(1, "one"), row(2, null), RowFactory.create(3, "three", null, null));

        var result = run(settings(ENGINE, 2), way, rows, 2);

        assertThat(result.row(1).<String>getAs("no.te")).isEqualTo("note 1");
        assertThat(result.row(2).<String>getAs("no.te")).isEqualTo("note 2");
        assertThat(result.row(3).isNullAt(result.row(3).fieldIndex("no.te"))).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void oddTextsGetAVector(Way way) {
        var texts = new HashMap<Integer, String>();
        texts.put(1, "a lone surrogate \ud83d in a text");
        texts.put(2, "\udc00");
        texts.put(3, "nul \0 inside");
        texts.put(4, "\0");
        texts.put(5, "x".repeat(100_000));
        var rows = texts.entrySet().stream()
                .map(e -> row(e.getKey(), e.getValue()))
                .toList();

        var result = run(settings(ENGINE, 4), way, rows, 2);

        assertThat(result.rows()).hasSize(5).allSatisfy(row -> {
            assertThat(row.<String>getAs("error"))
                    .as("error of %s", row.<Integer>getAs("id"))
                    .isNull();
            assertThat(Result.vector(row)).hasSize(32);
        });
        assertThat(result.row(3).<String>getAs("text_hash")).isEqualTo(Sha256.hex("nul \0 inside"));
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void rowsThatCannotBeEmbeddedSayWhy(Way way) {
        var rows = List.of(
                row(1, null),
                row(null, "a text"),
                row(3, ""),
                row(4, " \t\u2003\n"),
                RowFactory.create(null, null, "{bad".repeat(100), null),
                row(6, "a good text"));

        var result = run(settings(ENGINE, 4), way, rows, 2);

        assertThat(result.rows().stream().map(row -> row.<String>getAs("error")))
                .containsExactlyInAnyOrder(
                        "text in column 'body' of the row with key '1' is null",
                        "id in column 'key' is null",
                        "text in column 'body' of the row with key '3' is empty or white space",
                        "text in column 'body' of the row with key '4' is empty or white space",
                        "the source record is malformed: " + "{bad".repeat(25),
                        null);
        assertThat(result.rows().stream().filter(row -> row.getAs("error") != null))
                .allSatisfy(row -> {
                    assertThat(row.<Object>getAs("embedding")).isNull();
                    assertThat(row.<Integer>getAs("tokens")).isZero();
                    assertThat(row.<Boolean>getAs("truncated")).isFalse();
                });
        assertThat(result.row(1).<String>getAs("text_hash"))
                .as("a null text has no hash")
                .isNull();
        assertThat(result.row(3).<String>getAs("text_hash")).isEqualTo(Sha256.hex(""));
        var counts = result.counts();
        assertThat(counts.get(Count.ROWS)).isEqualTo(6);
        assertThat(counts.get(Count.VECTORS)).isEqualTo(1);
        assertThat(counts.errors()).isEqualTo(5);
        assertThat(counts.get(Count.ERROR_NULL_TEXT)).isEqualTo(1);
        assertThat(counts.get(Count.ERROR_NULL_ID)).isEqualTo(1);
        assertThat(counts.get(Count.ERROR_EMPTY_TEXT)).isEqualTo(2);
        assertThat(counts.get(Count.ERROR_MALFORMED_RECORD)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aRowThatCannotBeEmbeddedEndsTheJobWhereThatIsWished(Way way) {
        var settings = settings(ENGINE, 4, OnError.FAIL, EmptyText.ERROR);

        assertThatThrownBy(() -> run(settings, way, List.of(row(1, "good"), row(2, " ")), 1))
                .rootCause()
                .isInstanceOf(EmbedException.class)
                .hasMessage("text in column 'body' of the row with key '2' is empty or white space");
    }

    /** A model that claims to read 200 tokens and has positions for 128. */
    private EngineSettings breaksOnLongTexts(Path parent) throws IOException {
        var folder = Fixtures.copyTinyBert(parent);
        replace(folder.resolve("config.json"), "\"max_position_embeddings\": 128", "\"max_position_embeddings\": 512");
        replace(folder.resolve("sentence_bert_config.json"), "64", "200");
        // the nested encoder would find this when it is loaded
        return TinyBert.freshSettings(Models.find(folder.toString()), PathChoice.SLOW);
    }

    private static void replace(Path file, String from, String to) throws IOException {
        var text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aTextThatTheEncoderCannotTakeIsAnErrorAndItsNeighboursAreNot(Way way, @TempDir Path parent)
            throws IOException {
        var rows = List.of(row(1, "short"), row(2, "a ".repeat(150)), row(3, "short too"));

        var result = run(settings(breaksOnLongTexts(parent), 4), way, rows, 1);

        assertThat(result.vectorsById().get(1)).hasSize(32);
        assertThat(result.vectorsById().get(3)).hasSize(32);
        assertThat(result.row(2).<String>getAs("error"))
                .startsWith(
                        "text in column 'body' of the row with key '2' could not be encoded: ONNX Runtime failed: ");
        assertThat(result.counts().get(Count.ERROR_ENCODER)).isEqualTo(1);
        assertThat(result.counts().get(Count.VECTORS)).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aTextThatTheEncoderCannotTakeEndsTheJobWhereThatIsWished(Way way, @TempDir Path parent) throws IOException {
        var settings = settings(breaksOnLongTexts(parent), 4, OnError.FAIL, EmptyText.ERROR);

        assertThatThrownBy(() -> run(settings, way, List.of(row(2, "a ".repeat(150))), 1))
                .rootCause()
                .isInstanceOf(EmbedException.class)
                .hasMessageStartingWith(
                        "text in column 'body' of the row with key '2' could not be encoded: ONNX Runtime failed: ");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void emptyTextsGetTheirVectorWhereThatIsWished(Way way) {
        var settings = settings(ENGINE, 4, OnError.ROW, EmptyText.ENCODE);

        var result = run(settings, way, List.of(row(1, ""), row(2, " "), row(3, "")), 2);

        assertThat(result.counts().get(Count.VECTORS)).isEqualTo(3);
        assertThat(result.vectorsById().get(3))
                .hasSize(32)
                .isEqualTo(result.vectorsById().get(1));
        assertThat(result.row(1).<Integer>getAs("tokens")).as("[CLS] and [SEP]").isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void columnsThatDoNotFitAreRefusedBeforeAnyRowIsRead(Way way) {
        var source = LocalSpark.session().sql("SELECT 1.5D AS key, raise_error('was read') AS body");

        assertThatThrownBy(() -> run(settings(ENGINE, 4), (e, s) -> way.embed(e, s, 2), source))
                .isInstanceOf(OptionException.class)
                .hasMessage("--id-column key: expected a string or integer column, found double");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void theTasksOfAnExecutorLoadTheModelOnce(Way way) {
        var engine = TinyBert.freshSettings();

        var report = run(settings(engine, 4), way, rows(Fixtures.texts()), 4).report();

        assertThat(report.executors()).containsOnlyKeys("driver");
        assertThat(report.executors().get("driver"))
                .extracting(ExecutorReport::modelLoads)
                .isEqualTo(1);
        assertThat(report.partitions().keySet().stream().filter(step -> step.startsWith("e")))
                .as("tasks that encoded")
                .hasSize(4);
    }
}
