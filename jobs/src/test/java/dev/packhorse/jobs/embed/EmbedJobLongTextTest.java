package dev.packhorse.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.model.Sha256;
import dev.packhorse.engine.tokenize.TokenizerException;
import dev.packhorse.jobs.EmbedRun;
import dev.packhorse.jobs.TextFiles;
import dev.packhorse.jobs.Vectors;
import dev.packhorse.jobs.report.RunSummary;
import dev.packhorse.jobs.report.SummaryTable;
import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.ResultColumns;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.Counts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the embed job makes of texts that are longer than the model reads. */
class EmbedJobLongTextTest extends EmbedJobFixture {

    private static final List<String> TEXTS = texts();

    /** Texts of all lengths, two of the long ones equal; id 0 has none. */
    private static List<String> texts() {
        var texts = new ArrayList<String>();
        texts.add("");
        texts.addAll(Fixtures.texts().stream().filter(text -> !text.isBlank()).toList());
        texts.add("mule \ud83d\ude00 letter do\u0301g, ".repeat(40));
        texts.add("mule \ud83d\ude00 letter do\u0301g, ".repeat(40));
        texts.add("世界".repeat(90));
        return List.copyOf(texts);
    }

    private EmbedRun job(Path output) {
        return EmbedRun.to(output).from("json", TextFiles.json(folder.resolve("texts.jsonl"), TEXTS));
    }

    private EmbedRun chunks() {
        return job(output).set("long-text", "chunk").set("chunk-tokens", "20");
    }

    private static List<Row> rows(Path output) {
        return LocalSpark.session().read().parquet(output.toString()).collectAsList();
    }

    private static int id(Row row) {
        return Math.toIntExact(row.<Long>getAs("id"));
    }

    private static List<Float> vector(Row row) {
        return row.getList(row.fieldIndex("embedding"));
    }

    private static String piece(Row row) {
        var text = TEXTS.get(id(row));
        return text.substring(
                text.offsetByCodePoints(0, row.<Integer>getAs("chunk_start")),
                text.offsetByCodePoints(0, row.<Integer>getAs("chunk_end")));
    }

    @ParameterizedTest
    @CsvSource({"window, 0, 8192, 0", "window, 32m, 5, 3", "global, 0, 3, 0", "global, 32m, 8192, 3"})
    void theVectorOfAChunkIsThatOfItsPieceOfText(String sort, String cache, String windowRows, String overlap) {
        var summary = chunks().set("sort", sort)
                .set("dedupe-cache", cache)
                .set("window-rows", windowRows)
                .set("chunk-overlap", overlap)
                .run();

        var chunks =
                written().stream().filter(row -> row.getAs("error") == null).toList();
        var names = new HashMap<String, Row>();
        chunks.forEach(row -> names.put(id(row) + "#" + row.getAs("chunk"), row));
        assertThat(names).as("chunks have numbers of their own").hasSameSizeAs(chunks);
        var lines = names.entrySet().stream()
                .map(entry -> TextFiles.json(entry.getKey(), piece(entry.getValue())))
                .toList();
        var alone = folder.resolve("alone");
        EmbedRun.to(alone)
                .from("json", TextFiles.write(folder.resolve("pieces.jsonl"), lines))
                .run();
        var expected = rows(alone).stream().collect(Collectors.toMap(row -> row.<String>getAs("id"), row -> row));

        Vectors.assertSame(
                names.entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, entry -> vector(entry.getValue()))),
                Vectors.byId(List.copyOf(expected.values())));
        names.forEach((name, row) -> {
            assertThat(row.<Integer>getAs("tokens"))
                    .isEqualTo(expected.get(name).<Integer>getAs("tokens"))
                    .isLessThanOrEqualTo(20);
            assertThat(row.<Boolean>getAs("truncated")).isFalse();
            assertThat(row.<String>getAs("text_hash")).isEqualTo(Sha256.hex(TEXTS.get(id(row))));
        });
        assertCounts(summary, chunks.size());
    }

    private void assertCounts(RunSummary summary, int chunks) {
        var counts = summary.counts();
        assertThat(counts.get(Count.ROWS)).isEqualTo(TEXTS.size());
        assertThat(counts.get(Count.FURTHER_ROWS)).isEqualTo(chunks + 1 - TEXTS.size());
        assertThat(counts.get(Count.CHUNKS) - counts.get(Count.CHUNKED_ROWS)).isEqualTo(counts.get(Count.FURTHER_ROWS));
        assertThat(counts.get(Count.PENDING_TOKENS)).isZero();
        assertThat(counts.get(Count.ENCODED_ROWS) + counts.get(Count.DUPLICATES))
                .isEqualTo(chunks);
        assertThat(summary.written().vectors()).isEqualTo(chunks);
        assertThat(summary.written().errors()).isEqualTo(1);
        assertThat(SummaryTable.of(summary))
                .contains("chunks       %,d long texts were cut into %,d chunks"
                        .formatted(counts.get(Count.CHUNKED_ROWS), counts.get(Count.CHUNKS)));
    }

    @Test
    void rowsOfChunksHaveThreeColumnsMoreAndErrorsHaveNoPlace() {
        chunks().set("carry-columns", "text").run();

        assertThat(LocalSpark.session()
                        .read()
                        .parquet(output.toString())
                        .schema()
                        .toDDL())
                .isEqualTo(ResultColumns.read(ResultColumns.DDL_OF_CHUNKS) + ",text STRING");
        assertThat(written())
                .allSatisfy(row -> assertThat(row.<String>getAs("text")).isEqualTo(TEXTS.get(id(row))));
        var error = written().stream().filter(row -> row.getAs("error") != null).toList();
        assertThat(error).hasSize(1);
        assertThat(error.get(0).<String>getAs("error"))
                .isEqualTo("text in column 'text' of the row with id '0' is empty or white space");
        assertThat(error.get(0).<Integer>getAs("chunk")).isZero();
        assertThat(error.get(0).<Integer>getAs("chunk_start")).isNull();
        assertThat(error.get(0).<Integer>getAs("chunk_end")).isNull();
    }

    @Test
    void textsThatFitAreOneChunkWithTheVectorTheyHadBefore() {
        some().run();
        var before = Vectors.byId(written());

        some().set("long-text", "chunk").set("mode", "overwrite").run();

        Vectors.assertSame(Vectors.byId(written()), before);
        assertThat(written()).hasSize(4).allSatisfy(row -> {
            assertThat(row.<Integer>getAs("chunk")).isZero();
            assertThat(row.<Integer>getAs("chunk_start")).isZero();
            assertThat(row.<Integer>getAs("chunk_end"))
                    .isEqualTo(SOME.get(id(row)).length());
        });
    }

    @Test
    void equalTextsAreEncodedOnceAndChunksOfOneTextEach() {
        var text = IntStream.range(0, 100).mapToObj(i -> "mule " + i).collect(Collectors.joining(" "));
        var input = TextFiles.json(folder.resolve("equal.jsonl"), List.of(text, "short", text, text));

        var summary = EmbedRun.to(output)
                .from("json", input)
                .set("sort", "global")
                .set("long-text", "chunk")
                .run();

        var chunks = summary.counts().get(Count.CHUNKS) / 3;
        assertThat(summary.counts().get(Count.CHUNKED_ROWS)).isEqualTo(3);
        assertThat(chunks).isGreaterThan(2);
        assertThat(summary.counts().get(Count.ENCODED_ROWS)).isEqualTo(chunks + 1);
        assertThat(summary.counts().get(Count.DUPLICATES)).isEqualTo(2 * chunks);
        assertThat(written().stream().map(EmbedJobLongTextTest::vector).distinct())
                .hasSize((int) chunks + 1);
    }

    @ParameterizedTest
    @CsvSource({"window, 8192", "window, 3", "global, 8192"})
    void theMeanOfATextIsThatOfItsChunks(String sort, String windowRows) {
        chunks().run();
        var chunks = written().stream()
                .filter(row -> row.getAs("error") == null)
                .collect(Collectors.groupingBy(row -> id(row)));

        var summary = chunks().set("chunk-output", "mean")
                .set("sort", sort)
                .set("window-rows", windowRows)
                .set("mode", "overwrite")
                .run();

        assertThat(written()).hasSameSizeAs(TEXTS).first().satisfies(row -> assertThat(
                        row.schema().toDDL())
                .isEqualTo(ResultColumns.read(ResultColumns.DDL)));
        for (var row : written()) {
            if (row.getAs("error") == null) {
                var parts = chunks.get(id(row));
                assertThat(row.<Integer>getAs("tokens"))
                        .isEqualTo(parts.stream()
                                .mapToInt(part -> part.<Integer>getAs("tokens"))
                                .sum());
                assertMean(vector(row), parts);
            }
        }
        assertThat(summary.counts().get(Count.FURTHER_ROWS)).isZero();
        assertThat(summary.counts().get(Count.PENDING_TOKENS)).isZero();
        assertThat(summary.counts().get(Count.CHUNKS)).isGreaterThan(TEXTS.size());
        assertThat(summary.written().vectors()).isEqualTo(TEXTS.size() - 1);
    }

    private static void assertMean(List<Float> mean, List<Row> parts) {
        var sum = new double[mean.size()];
        for (var part : parts) {
            var vector = vector(part);
            for (var d = 0; d < sum.length; d++) {
                sum[d] += part.<Integer>getAs("tokens") * (double) vector.get(d);
            }
        }
        var length = Math.sqrt(
                IntStream.range(0, sum.length).mapToDouble(d -> sum[d] * sum[d]).sum());
        for (var d = 0; d < sum.length; d++) {
            assertThat((double) mean.get(d)).isCloseTo(sum[d] / length, within(1e-5));
        }
    }

    @Test
    void aLongTextIsAnErrorWhereThatIsWished() {
        var summary = EmbedRun.to(output)
                .from(
                        "json",
                        TextFiles.json(folder.resolve("long.jsonl"), List.of("dog ".repeat(62), "dog ".repeat(63))))
                .set("long-text", "error")
                .run();

        assertThat(summary.errorsByReason()).isEqualTo(Map.of("long text", 1L));
        assertThat(summary.written().vectors()).isEqualTo(1);
        assertThat(written().stream().map(row -> row.<String>getAs("error")))
                .containsExactlyInAnyOrder(
                        null,
                        "text in column 'text' of the row with id '1' has 65 tokens, more than the 64 that the model reads");
        assertThat(summary.counts().get(Count.TRUNCATED_ROWS)).isZero();
    }

    @Test
    void footerAndManifestSayHowLongTextsWereCut() throws IOException {
        chunks().set("chunk-overlap", "2").run();

        var footer = footer(files(".parquet").get(0)).getFileMetaData().getKeyValueMetaData();
        var manifest = json(manifests().get(0));
        Map.of("long-text", "chunk", "chunk-tokens", "20", "chunk-overlap", "2", "chunk-output", "rows")
                .forEach((key, value) -> {
                    assertThat(footer).containsEntry("packhorse." + key, value);
                    assertThat(manifest.path(key).asText()).isEqualTo(value);
                });
        assertThat(manifest.path("chunks").asInt())
                .isGreaterThan(manifest.path("chunked_rows").asInt());
    }

    @Test
    void appendRefusesChunksThatWereMadeInAnotherWay() throws IOException {
        chunks().run();
        var before = snapshot();

        chunks().set("mode", "append").run();
        assertThat(manifests()).hasSize(2);
        assertAppendRefused(chunks().set("chunk-tokens", "21"), "chunk-tokens 21", "20");
        assertAppendRefused(chunks().set("chunk-overlap", "1"), "chunk-overlap 1", "0");
        assertAppendRefused(chunks().set("chunk-output", "mean"), "chunk-output mean", "rows");
        assertAppendRefused(job(output), "long-text truncate", "chunk");
        assertThat(snapshot()).containsAllEntriesOf(before);
    }

    private void assertAppendRefused(EmbedRun job, String expected, String found) {
        assertThatThrownBy(() -> job.set("mode", "append").run())
                .hasMessageMatching(
                        "--mode append: expected rows of --%s as this job makes, found %s in file:.*\\.json; set it to that, or write to another folder"
                                .formatted(expected, found));
    }

    @Test
    void optionsThatDoNotFitAreRefused() {
        assertRefused(
                some().set("chunk-overlap", "1"),
                "--chunk-overlap: expected with --long-text chunk, found with --long-text truncate");
        assertRefused(
                some().set("long-text", "error").set("chunk-output", "mean"),
                "--chunk-output: expected with --long-text chunk, found with --long-text error");
        assertRefused(
                some().set("long-text", "chunk").set("chunk-tokens", "65"),
                "--chunk-tokens: expected at most 64, which is what tiny-bert reads, found 65");
        assertThatThrownBy(() -> some().set("long-text", "chunk")
                        .set("chunk-tokens", "2")
                        .run())
                .isInstanceOf(TokenizerException.class)
                .hasMessage(
                        "--chunk-tokens: expected more than the 2 tokens that are added to every text, found 2; set it higher");
        assertThatThrownBy(() -> some().set("long-text", "chunk")
                        .set("chunk-overlap", "31")
                        .run())
                .isInstanceOf(TokenizerException.class)
                .hasMessage(
                        "--chunk-overlap: expected less than half of the 62 tokens that --chunk-tokens 64 leaves for a text, found 31; set it lower");
        assertRefused(
                EmbedRun.to(output)
                        .set("query", "SELECT 1L AS id, 'a' AS text, 2 AS chunk")
                        .set("carry-columns", "chunk")
                        .set("long-text", "chunk"),
                "--carry-columns chunk: expected a name that the result does not use itself, found one of [chunk, chunk_end, chunk_start]");
        assertThat(output).doesNotExist();
    }

    @Test
    void aChunkThatIsMissingEndsTheJob() {
        var summary = some().run();
        var more = new Counts();
        more.add(Count.ROWS, 4);
        more.add(Count.FURTHER_ROWS, 2);
        var wrong = withCounts(summary, more);

        assertThatThrownBy(() -> SingleRun.audit(wrong))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "expected rows in = vectors + errors, found 4 rows in and 2 further chunks, and 4 rows with 4 vectors and 0 errors in the new files; they were deleted");
    }
}
