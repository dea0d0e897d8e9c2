package dev.packhorse.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.Models;
import dev.packhorse.jobs.EmbedRun;
import dev.packhorse.jobs.TextFiles;
import dev.packhorse.jobs.Vectors;
import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.ResultColumns;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.Counts;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the embed job writes. */
class EmbedJobOutputTest extends EmbedJobFixture {

    /** The tasks that a job makes of a small source on two cores, six a core, and so the files of their results. */
    private static final int FILES = 12;

    @Test
    void theVectorsAreThoseOfTheReference() {
        var texts = Fixtures.texts();
        var input = TextFiles.json(folder.resolve("texts.jsonl"), texts);

        var summary = EmbedRun.to(output)
                .from("json", input)
                .set("empty-text", "encode")
                .run();

        Vectors.assertLikeReference(
                Vectors.byId(written()), List.of(Fixtures.reference("tiny-bert").vectors()));
        assertThat(summary.counts().get(Count.ROWS)).isEqualTo(texts.size());
        assertThat(summary.written().vectors()).isEqualTo(texts.size());
    }

    @Test
    void theColumnsAreSixAndNumbersOfAVectorAreNeverNull() {
        some().run();

        assertThat(LocalSpark.session()
                        .read()
                        .parquet(output.toString())
                        .schema()
                        .toDDL())
                .isEqualTo(ResultColumns.read(ResultColumns.DDL));
        assertThat(messageType(files(".parquet").get(0))).isEqualTo(MESSAGE_TYPE.formatted("""
                optional group embedding (LIST) {
                    repeated group list {
                      required float element;
                    }
                  }"""));
    }

    @Test
    void secretsOfTheSourceStayOutOfTheManifest() throws IOException {
        some().set("input-option", "password=hush", "mode=PERMISSIVE").run();

        assertThat(json(manifests().get(0))
                        .path("options")
                        .path("input-option")
                        .asText()
                        .split(","))
                .containsExactlyInAnyOrder("password=***", "mode=PERMISSIVE");
    }

    @Test
    void aCountThatIsWrongEndsTheJobAndDeletesItsFiles() {
        var summary = some().run();
        var more = new Counts();
        more.add(Count.ROWS, 5);
        var wrong = withCounts(summary, more);

        assertThatThrownBy(() -> SingleRun.audit(wrong))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "expected rows in = vectors + errors, found 5 rows in, and 4 rows with 4 vectors and 0 errors in the new files; they were deleted");
    }

    @Test
    void theHashIsSparksSha2OfTheText() {
        var input = TextFiles.json(folder.resolve("texts.jsonl"), Fixtures.texts());
        EmbedRun.to(output).from("json", input).run();

        var spark = LocalSpark.session();
        var expected = spark.read()
                .schema("id BIGINT, text STRING")
                .json(input.toString())
                .selectExpr("id", "sha2(text, 256) AS text_hash");
        assertThat(written()).hasSameSizeAs(Fixtures.texts());
        assertThat(spark.read()
                        .parquet(output.toString())
                        .select("id", "text_hash")
                        .except(expected)
                        .isEmpty())
                .isTrue();
    }

    @Test
    void everyColumnIsCompressedByZstandardAndVectorsArePlain() {
        some().run();

        var columns = columns(files(".parquet").get(0));
        assertThat(columns).hasSize(6).allSatisfy(column -> assertThat(column.getCodec())
                .isEqualTo(CompressionCodecName.ZSTD));
        assertThat(vectorEncodings()).contains(Encoding.PLAIN).doesNotContain(Encoding.BYTE_STREAM_SPLIT);
    }

    @Test
    void vectorsAreSplitByBytesWhereThatIsWished() {
        some().set("float-encoding", "byte-stream-split").run();

        assertThat(vectorEncodings()).contains(Encoding.BYTE_STREAM_SPLIT).doesNotContain(Encoding.PLAIN);
    }

    private List<Encoding> vectorEncodings() {
        return files(".parquet").stream()
                .flatMap(file -> columns(file).stream())
                .filter(column -> column.getPath().toDotString().equals("embedding.list.element"))
                .flatMap(column -> column.getEncodings().stream())
                .toList();
    }

    @Test
    void everyFileSaysOfWhichModelItsVectorsAre() {
        some().set("target-file-size", "0").run();

        var run = manifests().get(0).getFileName().toString().replaceAll(".*-|\\.json", "");
        assertThat(files(".parquet")).hasSizeGreaterThan(1).allSatisfy(file -> {
            var entries = new TreeMap<>(footer(file).getFileMetaData().getKeyValueMetaData());
            entries.keySet().removeIf(key -> !key.startsWith("packhorse."));
            assertThat(entries)
                    .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                            Map.entry("packhorse.model", "tiny-bert"),
                            Map.entry("packhorse.fingerprint", fingerprint()),
                            Map.entry("packhorse.revision", model().revision()),
                            Map.entry("packhorse.dimension", "32"),
                            Map.entry("packhorse.pooling", "mean"),
                            Map.entry("packhorse.normalize", "true"),
                            Map.entry("packhorse.head", "mean|normalize"),
                            Map.entry("packhorse.prompt", ""),
                            Map.entry("packhorse.lower-case", "false"),
                            Map.entry("packhorse.precision", "float32"),
                            Map.entry("packhorse.output-precision", "float32"),
                            Map.entry("packhorse.max-seq-length", "64"),
                            Map.entry("packhorse.version", "development"),
                            Map.entry("packhorse.run", run)));
        });
    }

    @Test
    void theManifestSaysWhatTheRunWas() throws IOException {
        some().set("on-error", "row").set("window-rows", "100").run();

        assertThat(manifests()).hasSize(1);
        var manifest = json(manifests().get(0));
        assertThat(manifest.path("fingerprint").asText()).isEqualTo(fingerprint());
        assertThat(manifest.path("model").asText()).isEqualTo("tiny-bert");
        assertThat(manifest.path("dimension").asInt()).isEqualTo(32);
        assertThat(manifest.path("encoder").asText()).isNotBlank();
        assertThat(manifest.path("spark").asText())
                .isEqualTo(LocalSpark.session().version());
        assertThat(manifest.path("java").asText()).isEqualTo(System.getProperty("java.version"));
        assertThat(manifest.path("version").asText()).isEqualTo("development");
        assertThat(manifest.path("run").asText()).hasSize(8);
        assertThat(manifest.path("started").asText())
                .isLessThan(manifest.path("finished").asText());
        assertThat(manifest.path("rows").asInt()).isEqualTo(4);
        assertThat(manifest.path("vectors").asInt()).isEqualTo(4);
        assertThat(manifest.path("errors").asInt()).isZero();
        assertThat(manifest.path("model_loads").asInt()).isPositive();
        assertThat(manifest.path("executors").asInt()).isEqualTo(1);
        assertThat(manifest.path("files").asInt()).isEqualTo(files(".parquet").size());
        var options = manifest.path("options");
        assertThat(options.path("window-rows").asText()).isEqualTo("100");
        assertThat(options.path("on-error").asText()).isEqualTo("row");
        assertThat(options.path("input").asText()).endsWith("some.jsonl");
        assertThat(options.has("precision")).as("was not given").isFalse();
    }

    private String fingerprint() {
        return model().fingerprint(Precision.FLOAT32);
    }

    private static Model model() {
        return Models.find(Fixtures.tinyBert().toString());
    }

    @Test
    void whatCountsInPlaceOfTheModelsOwnIsSaidInEveryFile() {
        some().set("prompt", "query: ")
                .set("pooling", "cls+max")
                .set("normalize", "false")
                .set("truncate-dim", "40")
                .set("revision", model().revision())
                .run();

        assertThat(files(".parquet")).isNotEmpty().allSatisfy(file -> assertThat(
                        footer(file).getFileMetaData().getKeyValueMetaData())
                .containsEntry("packhorse.prompt", "query: ")
                .containsEntry("packhorse.pooling", "cls+max")
                .containsEntry("packhorse.normalize", "false")
                .containsEntry("packhorse.head", "cls+max|truncate(40)")
                .containsEntry("packhorse.dimension", "40"));
        assertThatThrownBy(
                        () -> some().set("revision", "sha256:" + "0".repeat(64)).run())
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("--revision: expected sha256:0");
    }

    @Test
    void oneFileIsMadeOfTheResultOfManyTasks() {
        var summary = someInManyFiles().set("target-file-size", "256m").run();

        assertThat(files(".parquet")).hasSize(1);
        assertThat(summary.written().files()).isEqualTo(1);
        assertThat(summary.written().rows()).isEqualTo(60);
    }

    @Test
    void withoutATargetSizeEveryTaskMakesAFile() {
        var summary = someInManyFiles().set("target-file-size", "0").run();

        assertThat(files(".parquet")).hasSize(FILES);
        assertThat(summary.written().files()).isEqualTo(FILES);
        assertThat(summary.written().rows()).isEqualTo(60);
    }

    private EmbedRun someInManyFiles() {
        var input = folder.resolve("many.parquet");
        LocalSpark.session()
                .range(60)
                .selectExpr("id", "concat('text ', id) AS text")
                .repartition(FILES)
                .write()
                .parquet(input.toString());
        return EmbedRun.to(output).from("parquet", input);
    }

    @Test
    void everyRowReadIsAVectorOrAnErrorInTheFiles() {
        var input = TextFiles.write(
                folder.resolve("mixed.jsonl"),
                List.of(
                        TextFiles.json(1, "good"),
                        TextFiles.json(2, ""),
                        TextFiles.json(3, null),
                        TextFiles.json(null, "no id"),
                        "{\"id\": 5, \"text\": ",
                        TextFiles.json(6, "good too")));

        var summary = EmbedRun.to(output).from("json", input).run();

        assertThat(summary.counts().get(Count.ROWS)).isEqualTo(6);
        assertThat(summary.written().rows()).isEqualTo(6);
        assertThat(summary.written().vectors()).isEqualTo(2);
        assertThat(summary.written().errors()).isEqualTo(4);
        assertThat(summary.errorsByReason())
                .isEqualTo(Map.of("malformed record", 1L, "null id", 1L, "null text", 1L, "empty text", 1L));
        assertThat(written().stream().map(row -> row.<String>getAs("error")))
                .containsExactlyInAnyOrder(
                        null,
                        null,
                        "text in column 'text' of the row with id '2' is empty or white space",
                        "text in column 'text' of the row with id '3' is null",
                        "id in column 'id' is null",
                        "the source record is malformed: {\"id\": 5, \"text\": ");
    }

    @Test
    void withoutARowTheOutputIsComplete() {
        var input = folder.resolve("none.jsonl");

        var summary = EmbedRun.to(output)
                .from("json", TextFiles.write(input, List.of()))
                .set("input-schema", "id BIGINT, text STRING")
                .run();

        assertThat(summary.counts().get(Count.ROWS)).isZero();
        assertThat(summary.written().rows()).isZero();
        assertThat(written()).isEmpty();
        assertThat(manifests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"3, 1", "8192, 0"})
    void bothSortScopesGiveTheSameVectors(String windowRows, String targetFileSize) {
        var input = TextFiles.json(folder.resolve("texts.jsonl"), Fixtures.texts());
        var job = EmbedRun.to(output)
                .from("json", input)
                .set("window-rows", windowRows)
                .set("target-file-size", targetFileSize);
        job.run();
        var expected = Vectors.byId(written());

        job.set("sort", "global").set("mode", "overwrite").run();

        Vectors.assertSame(Vectors.byId(written()), expected);
    }

    @Test
    void aShorterLengthCutsTexts() {
        var summary = some().set("max-seq-length", "3").run();

        assertThat(summary.counts().get(Count.TRUNCATED_ROWS)).isEqualTo(4);
        assertThat(summary.counts().get(Count.LOST_TOKENS)).isPositive();
        assertThat(written()).allSatisfy(row -> {
            assertThat(row.<Integer>getAs("tokens")).isEqualTo(3);
            assertThat(row.<Boolean>getAs("truncated")).isTrue();
        });
    }

    @Test
    void moreThanTheModelReadsIsRefused() {
        assertThatThrownBy(() -> some().set("max-seq-length", "65").run())
                .isInstanceOf(ModelException.class)
                .hasMessage("--max-seq-length: expected at most 64, which is what tiny-bert reads, found 65");
    }
}
