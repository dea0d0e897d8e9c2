package dev.packhorse.udf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.EncoderChoice;
import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.Sha256;
import dev.packhorse.engine.model.Models;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.Counts;
import dev.packhorse.udf.metrics.ExecutorReport;
import dev.packhorse.udf.metrics.RunAccumulator;
import dev.packhorse.udf.metrics.RunReport;
import dev.packhorse.udf.options.EncodeOptions.EmptyText;
import dev.packhorse.udf.options.EncodeOptions.OnError;
import dev.packhorse.udf.options.OptionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EmbeddingTest {

    private static final EngineSettings ENGINE = TinyBert.freshSettings();
    private static final StructType SCHEMA = StructType.fromDDL("key INT, body STRING, bad STRING, `no.te` STRING");
    private static final TextColumns COLUMNS = new TextColumns("key", "body", Optional.of("bad"), List.of("no.te"));
    private static final double NO_DIFFERENCE = 1e-6;

    /** A run's rows and what its tasks counted. */
    private record Result(List<Row> rows, RunReport report) {

        Counts counts() {
            return report.total();
        }

        Map<Integer, List<Float>> vectorsById() {
            return rows.stream()
                    .filter(row -> !row.isNullAt(1))
                    .collect(Collectors.toMap(row -> row.getInt(0), Result::vector));
        }

        Row row(int id) {
            return rows.stream()
                    .filter(row -> !row.isNullAt(0) && row.getInt(0) == id)
                    .findFirst()
                    .orElseThrow();
        }

        static List<Float> vector(Row row) {
            return row.getList(1);
        }
    }

    /** Both ways to embed, so that what holds for both is said once. */
    enum Way {
        WINDOWED,
        GLOBAL;

        Dataset<Row> embed(Embedding embedding, Dataset<Row> source, int partitions) {
            return this == WINDOWED ? embedding.windowed(source) : embedding.global(source, partitions);
        }
    }

    private static EmbedSettings settings(EngineSettings engine, int windowRows) {
        return settings(engine, windowRows, OnError.ROW, EmptyText.ERROR);
    }

    private static EmbedSettings remembering(int windowRows, long dedupeCacheBytes) {
        return new EmbedSettings(
                ENGINE, windowRows, dedupeCacheBytes, OnError.ROW, EmptyText.ERROR, "key", "body", LongTexts.TRUNCATED);
    }

    private static EmbedSettings settings(EngineSettings engine, int windowRows, OnError onError, EmptyText emptyText) {
        return new EmbedSettings(engine, windowRows, 0, onError, emptyText, "key", "body", LongTexts.TRUNCATED);
    }

    private static Dataset<Row> source(List<Row> rows, int partitions) {
        var source = LocalSpark.session().createDataFrame(rows, SCHEMA);
        return partitions == 1 ? source.coalesce(1) : source.repartition(partitions);
    }

    private static Result run(
            EmbedSettings settings, BiFunction<Embedding, Dataset<Row>, Dataset<Row>> way, Dataset<Row> source) {
        var accumulator = new RunAccumulator();
        LocalSpark.session().sparkContext().register(accumulator);
        var rows =
                way.apply(new Embedding(COLUMNS, settings, accumulator), source).collectAsList();
        return new Result(rows, accumulator.value());
    }

    private static Result run(EmbedSettings settings, Way way, List<Row> rows, int partitions) {
        return run(settings, (embedding, source) -> way.embed(embedding, source, partitions), source(rows, partitions));
    }

    private static Row row(Integer id, String text) {
        return RowFactory.create(id, text, null, "note " + id);
    }

    private static List<Row> rows(List<String> texts) {
        return IntStream.range(0, texts.size())
                .mapToObj(i -> row(i, texts.get(i)))
                .toList();
    }

    @Nested
    class Windowed {

        @Test
        void rowsStayInTheirOrder() {
            var texts = Fixtures.texts();

            var result = run(settings(ENGINE, 7), Way.WINDOWED, rows(texts), 1);

            assertThat(result.rows().stream().map(row -> row.getInt(0)))
                    .containsExactlyElementsOf(
                            IntStream.range(0, texts.size()).boxed().toList());
        }

        @Test
        void identicalTextsOfAWindowAreEncodedOnceAndGetTheSameVector() {
            var result = run(settings(ENGINE, 100), Way.WINDOWED, rows(List.of("a", "b", "a", "c", "b", "a")), 1);

            assertThat(result.counts().get(Count.ROWS)).isEqualTo(6);
            assertThat(result.counts().get(Count.VECTORS)).isEqualTo(6);
            assertThat(result.counts().get(Count.DUPLICATES)).isEqualTo(3);
            assertThat(result.counts().get(Count.ENCODED_ROWS)).isEqualTo(3);
            assertThat(result.counts().get(Count.PENDING_TOKENS)).isZero();
            var vectors = result.vectorsById();
            assertThat(vectors.get(2)).isEqualTo(vectors.get(0));
            assertThat(vectors.get(5)).isEqualTo(vectors.get(0));
            assertThat(vectors.get(4)).isEqualTo(vectors.get(1)).isNotEqualTo(vectors.get(0));
        }

        @Test
        void theLastTextOfAWindowIsRememberedForTheNext() {
            var result = run(settings(ENGINE, 2), Way.WINDOWED, rows(List.of("a", "b", "b", "b", "b", "a")), 1);

            assertThat(result.counts().get(Count.DUPLICATES)).isEqualTo(3);
            assertThat(result.counts().get(Count.ENCODED_ROWS)).isEqualTo(3);
        }

        @Test
        void aTextOfAnEarlierWindowOrTaskIsRememberedWithinTheCachesBytes() {
            var texts = List.of("a", "b", "c", "a", "b", "c");

            var result = run(remembering(2, 1 << 20), Way.WINDOWED, rows(texts), 1);

            assertThat(result.counts().get(Count.DUPLICATES)).isEqualTo(3);
            assertThat(result.counts().get(Count.ENCODED_ROWS)).isEqualTo(3);
            assertThat(result.counts().get(Count.PENDING_TOKENS)).isZero();
            var vectors = result.vectorsById();
            assertThat(List.of(vectors.get(3), vectors.get(4), vectors.get(5)))
                    .isEqualTo(List.of(vectors.get(0), vectors.get(1), vectors.get(2)));
        }

        @Test
        void aRunDoesNotTakeVectorsOfTheRunBeforeIt() {
            var texts = List.of("a", "b", "c");
            run(remembering(2, 1 << 20), Way.WINDOWED, rows(texts), 1);

            var result = run(remembering(2, 1 << 20), Way.WINDOWED, rows(texts), 1);

            assertThat(result.counts().get(Count.DUPLICATES)).isZero();
            assertThat(result.counts().get(Count.ENCODED_ROWS)).isEqualTo(3);
        }

        @Test
        void aRowTellsItsTokensItsTextsHashAndWhetherItWasCut() {
            var reference = Fixtures.reference("tiny-bert");
            var texts = Fixtures.texts();

            var result = run(settings(ENGINE, 100, OnError.ROW, EmptyText.ENCODE), Way.WINDOWED, rows(texts), 3);

            assertThat(result.rows()).hasSameSizeAs(texts).allSatisfy(row -> {
                var id = row.getInt(0);
                assertThat(row.getInt(2)).isEqualTo(reference.tokenIds().get(id).length);
                assertThat(row.getBoolean(3)).isEqualTo(reference.lostTokens()[id] > 0);
                assertThat(row.getString(4)).isEqualTo(Sha256.hex(texts.get(id)));
                assertThat(row.isNullAt(5)).isTrue();
            });
            var lost = IntStream.of(reference.lostTokens());
            assertThat(result.counts().get(Count.LOST_TOKENS)).isEqualTo(lost.sum());
            assertThat(result.counts().get(Count.TRUNCATED_ROWS))
                    .isEqualTo(IntStream.of(reference.lostTokens())
                            .filter(n -> n > 0)
                            .count());
        }

        @Test
        void aTextOfTenMegabytesGetsTheVectorOfItsBeginning() {
            var text = "mule letter 12 ".repeat(700_000);

            var result = run(settings(ENGINE, 4), Way.WINDOWED, rows(List.of(text, text.substring(0, 1_000))), 1);

            assertThat(result.row(0).isNullAt(5)).isTrue();
            assertThat(result.row(0).getInt(2)).isEqualTo(64);
            assertThat(result.row(0).getBoolean(3)).isTrue();
            assertThat(result.vectorsById().get(0))
                    .isEqualTo(result.vectorsById().get(1));
        }

        @Test
        void anEmptySourceGivesAnEmptyResult() {
            var result = run(settings(ENGINE, 100), Way.WINDOWED, List.of(), 1);

            assertThat(result.rows()).isEmpty();
            assertThat(result.counts().get(Count.ROWS)).isZero();
        }
    }

    @Nested
    class AnyWay {

        /** Words of many lengths in random order; about a third of the rows repeat a text of another one. */
        private List<String> randomCorpus(Random random) {
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
            var seed = System.nanoTime();
            System.out.println("EmbeddingTest.theVectorOfARowDependsOnItsTextOnly: seed " + seed);
            var texts = randomCorpus(new Random(seed));
            var distinct = new HashSet<>(texts).size();
            var expected =
                    run(settings(ENGINE, 1_000), Way.WINDOWED, rows(texts), 1).vectorsById();

            for (var way : Way.values()) {
                for (var partitions : List.of(1, 5)) {
                    for (var windowRows : List.of(1, 3, 50)) {
                        var result = run(settings(ENGINE, windowRows), way, rows(texts), partitions);

                        var what = "seed %d, %s, %d partitions, windows of %d"
                                .formatted(seed, way, partitions, windowRows);
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

        private void assertSameVectors(
                String what, Map<Integer, List<Float>> found, Map<Integer, List<Float>> expected) {
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
            assertThat(result.row(3).isNullAt(result.row(3).fieldIndex("no.te")))
                    .isTrue();
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
                assertThat(row.isNullAt(5))
                        .as("error of %s: %s", row.get(0), row.get(5))
                        .isTrue();
                assertThat(Result.vector(row)).hasSize(32);
            });
            assertThat(result.row(3).getString(4)).isEqualTo(Sha256.hex("nul \0 inside"));
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

            assertThat(result.rows().stream().map(row -> row.getString(5)))
                    .containsExactlyInAnyOrder(
                            "text in column 'body' of the row with key '1' is null",
                            "id in column 'key' is null",
                            "text in column 'body' of the row with key '3' is empty or white space",
                            "text in column 'body' of the row with key '4' is empty or white space",
                            "the source record is malformed: " + "{bad".repeat(25),
                            null);
            assertThat(result.rows().stream().filter(row -> !row.isNullAt(5))).allSatisfy(row -> {
                assertThat(row.isNullAt(1)).isTrue();
                assertThat(row.getInt(2)).isZero();
                assertThat(row.getBoolean(3)).isFalse();
            });
            assertThat(result.row(1).isNullAt(4)).as("a null text has no hash").isTrue();
            assertThat(result.row(3).getString(4)).isEqualTo(Sha256.hex(""));
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
            replace(
                    folder.resolve("config.json"),
                    "\"max_position_embeddings\": 128",
                    "\"max_position_embeddings\": 512");
            replace(folder.resolve("sentence_bert_config.json"), "64", "200");
            // the nested encoder would find this when it is loaded
            return TinyBert.freshSettings(Models.find(folder.toString()), EncoderChoice.PADDED);
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
            assertThat(result.row(2).getString(5))
                    .startsWith(
                            "text in column 'body' of the row with key '2' could not be encoded: ONNX Runtime failed: ");
            assertThat(result.counts().get(Count.ERROR_ENCODER)).isEqualTo(1);
            assertThat(result.counts().get(Count.VECTORS)).isEqualTo(2);
        }

        @ParameterizedTest
        @EnumSource(Way.class)
        void aTextThatTheEncoderCannotTakeEndsTheJobWhereThatIsWished(Way way, @TempDir Path parent)
                throws IOException {
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
            assertThat(result.row(1).getInt(2)).as("[CLS] and [SEP]").isEqualTo(2);
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

            var report =
                    run(settings(engine, 4), way, rows(Fixtures.texts()), 4).report();

            assertThat(report.executors()).containsOnlyKeys("driver");
            assertThat(report.executors().get("driver"))
                    .extracting(ExecutorReport::modelLoads)
                    .isEqualTo(1);
            assertThat(report.partitions().keySet().stream().filter(step -> step.startsWith("e")))
                    .as("tasks that encoded")
                    .hasSize(4);
        }
    }
}
