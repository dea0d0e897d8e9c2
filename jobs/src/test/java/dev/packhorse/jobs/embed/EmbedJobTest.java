package dev.packhorse.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.Precision;
import dev.packhorse.engine.model.ModelException;
import dev.packhorse.engine.model.Models;
import dev.packhorse.jobs.EmbedRun;
import dev.packhorse.jobs.LocalSpark;
import dev.packhorse.jobs.TextFiles;
import dev.packhorse.jobs.Vectors;
import dev.packhorse.udf.EmbedException;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.options.OptionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmbedJobTest {

    private static final List<String> SOME = List.of("one text", "another text", "one text", "the last of them");

    @TempDir
    private Path folder;

    private Path output;

    @BeforeEach
    void nameOutput() {
        output = folder.resolve("out");
    }

    /** A job that reads some texts, ids 0 to 3. */
    private EmbedRun some() {
        return EmbedRun.to(output).from("json", TextFiles.json(folder.resolve("some.jsonl"), SOME));
    }

    private List<Row> written() {
        return LocalSpark.session().read().parquet(output.toString()).collectAsList();
    }

    private List<Path> files(String ending) {
        return list(output).stream()
                .filter(file -> file.toString().endsWith(ending))
                .toList();
    }

    private List<Path> manifests() {
        return list(output.resolve("_packhorse")).stream()
                .filter(file -> file.toString().endsWith(".json"))
                .toList();
    }

    private static List<Path> list(Path folder) {
        try (var files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every file below the output and its bytes. */
    private Map<String, String> snapshot() throws IOException {
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

    private static ParquetMetadata footer(Path file) {
        var path = new org.apache.hadoop.fs.Path(file.toUri());
        try (var reader = ParquetFileReader.open(HadoopInputFile.fromPath(path, new Configuration()))) {
            return reader.getFooter();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<ColumnChunkMetaData> columns(Path file) {
        return footer(file).getBlocks().stream()
                .flatMap(block -> block.getColumns().stream())
                .toList();
    }

    private static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }

    private static void assertRefused(EmbedRun job, String message) {
        assertThatThrownBy(job::run).isInstanceOf(OptionException.class).hasMessage(message);
    }

    @Nested
    class WhatIsWritten {

        @Test
        void theVectorsAreThoseOfTheReference() {
            var texts = Fixtures.texts();
            var input = TextFiles.json(folder.resolve("texts.jsonl"), texts);

            var summary = EmbedRun.to(output)
                    .from("json", input)
                    .set("empty-text", "encode")
                    .run();

            Vectors.assertLikeReference(
                    Vectors.byId(written()),
                    List.of(Fixtures.reference("tiny-bert").vectors()));
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
                    .isEqualTo(
                            "id BIGINT,embedding ARRAY<FLOAT>,tokens INT,truncated BOOLEAN,text_hash STRING,error STRING");
            assertThat(footer(files(".parquet").get(0))
                            .getFileMetaData()
                            .getSchema()
                            .toString())
                    .isEqualTo("""
                            message spark_schema {
                              optional int64 id;
                              optional group embedding (LIST) {
                                repeated group list {
                                  required float element;
                                }
                              }
                              required int32 tokens;
                              required boolean truncated;
                              optional binary text_hash (STRING);
                              optional binary error (STRING);
                            }
                            """);
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
                        .containsExactlyInAnyOrderEntriesOf(Map.of(
                                "packhorse.model", "tiny-bert",
                                "packhorse.fingerprint", fingerprint(),
                                "packhorse.dimension", "32",
                                "packhorse.pooling", "mean",
                                "packhorse.normalize", "true",
                                "packhorse.precision", "float32",
                                "packhorse.max-seq-length", "64",
                                "packhorse.version", "development",
                                "packhorse.run", run));
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
            assertThat(manifest.path("files").asInt())
                    .isEqualTo(files(".parquet").size());
            var options = manifest.path("options");
            assertThat(options.path("window-rows").asText()).isEqualTo("100");
            assertThat(options.path("on-error").asText()).isEqualTo("row");
            assertThat(options.path("input").asText()).endsWith("some.jsonl");
            assertThat(options.has("precision")).as("was not given").isFalse();
        }

        private String fingerprint() {
            return Models.find(Fixtures.tinyBert().toString()).fingerprint(Precision.FLOAT32);
        }

        @Test
        void oneFileIsMadeOfTheResultOfManyTasks() {
            var summary = someInSixFiles().set("target-file-size", "256m").run();

            assertThat(files(".parquet")).hasSize(1);
            assertThat(summary.written().files()).isEqualTo(1);
            assertThat(summary.written().rows()).isEqualTo(60);
        }

        @Test
        void withoutATargetSizeEveryTaskMakesAFile() {
            var summary = someInSixFiles().set("target-file-size", "0").run();

            assertThat(files(".parquet")).hasSize(6);
            assertThat(summary.written().files()).isEqualTo(6);
            assertThat(summary.written().rows()).isEqualTo(60);
        }

        private EmbedRun someInSixFiles() {
            var input = folder.resolve("six.parquet");
            LocalSpark.session()
                    .range(60)
                    .selectExpr("id", "concat('text ', id) AS text")
                    .repartition(6)
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
                            "the source record is malformed: {\"id\": 5, \"text\":");
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
    }

    @Nested
    class WhereTheOutputExists {

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

            var six = "id:bigint,embedding:array<float>,tokens:int,truncated:boolean,text_hash:string,error:string";
            assertRefused(
                    some().set("mode", "append").set("carry-columns", "text"),
                    "--mode append: expected the columns struct<%s,text:string>, found struct<%s> in file:%s"
                            .formatted(six, six, output));
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

    @Nested
    class HowTextsAreRead {

        @ParameterizedTest
        @CsvSource({"STRING, string", "TINYINT, tinyint", "SMALLINT, smallint", "INT, int", "BIGINT, bigint"})
        void idsKeepTheirType(String type, String found) {
            LocalSpark.session()
                    .range(3)
                    .selectExpr("CAST(id AS %s) AS key".formatted(type), "concat('text ', id) AS text")
                    .createOrReplaceTempView("typed");

            EmbedRun.to(output).set("table", "typed").set("id-column", "key").run();

            var rows = LocalSpark.session().read().parquet(output.toString());
            assertThat(rows.schema().apply("id").dataType().simpleString()).isEqualTo(found);
            assertThat(Vectors.byId(rows.collectAsList())).containsOnlyKeys("0", "1", "2");
        }

        @Test
        void idsThatAreFractionsAreRefused() {
            assertRefused(
                    EmbedRun.to(output).set("query", "SELECT 1.5D AS id, 'a' AS text"),
                    "--id-column id: expected a string or integer column, found double");
            assertThat(output).doesNotExist();
        }

        @Test
        void aQuerysRowsAreRead() {
            EmbedRun.to(output)
                    .set("query", "SELECT id % 2 AS id, max(concat('text ', id)) AS text FROM range(10) GROUP BY 1")
                    .run();

            assertThat(Vectors.byId(written())).containsOnlyKeys("0", "1");
        }

        @Test
        void columnsAreCarriedAlong() {
            var query = "SELECT id, concat('text ', id) AS text, id * 2.5D AS score, array(id) AS `a b` FROM range(3)";

            EmbedRun.to(output)
                    .set("query", query)
                    .set("carry-columns", "score", "a b")
                    .run();

            assertThat(written()).hasSize(3).allSatisfy(row -> {
                assertThat(row.<Double>getAs("score")).isEqualTo(row.<Long>getAs("id") * 2.5);
                assertThat(row.<Long>getList(row.fieldIndex("a b"))).containsExactly(row.<Long>getAs("id"));
            });
        }

        @Test
        void generatedIdsAreUnique() {
            var summary = some().set("generate-ids", "true").run();

            assertThat(summary.written().vectors()).isEqualTo(4);
            assertThat(Vectors.byId(written())).hasSize(4);
        }

        @Test
        void everyLineOfATextFileIsARow() {
            var input = TextFiles.write(folder.resolve("lines.txt"), List.of("first line", "", "third, \"line\""));

            var summary = EmbedRun.to(output)
                    .from("text", input)
                    .set("generate-ids", "true")
                    .set("text-column", "line")
                    .set("carry-columns", "line")
                    .run();

            assertThat(summary.written().vectors()).isEqualTo(2);
            assertThat(summary.written().errors()).isEqualTo(1);
            assertThat(written().stream().map(row -> row.<String>getAs("line")))
                    .containsExactlyInAnyOrder("first line", "", "third, \"line\"");
        }

        @Test
        void csvHasAHeaderQuotesAndTextsOfSeveralLines() {
            var input = TextFiles.write(
                    folder.resolve("texts.csv"),
                    List.of("id,text", "1,plain", "2,\"with \"\"quotes\"\", and", "a second line\"", "3,last"));

            EmbedRun.to(output).from("csv", input).set("carry-columns", "text").run();

            assertThat(written().stream().map(row -> row.<String>getAs("id") + " " + row.<String>getAs("text")))
                    .containsExactlyInAnyOrder("1 plain", "2 with \"quotes\", and\na second line", "3 last");
        }

        @Test
        void aCsvRecordThatDoesNotFitTheSchemaIsAnErrorRow() {
            var input = TextFiles.write(folder.resolve("texts.csv"), List.of("id,text", "1,good", "two,bad"));

            EmbedRun.to(output)
                    .from("csv", input)
                    .set("input-schema", "id INT, text STRING")
                    .run();

            assertThat(written().stream().map(row -> row.<String>getAs("error")))
                    .containsExactlyInAnyOrder(null, "the source record is malformed: two,bad");
        }

        @Test
        void severalInputsAndGlobsAreReadTogether() {
            for (var name : List.of("a1", "a2", "b", "c")) {
                TextFiles.write(folder.resolve(name + ".jsonl"), List.of(TextFiles.json(name, "text " + name)));
            }

            EmbedRun.to(output)
                    .from("json", folder.resolve("a*.jsonl"), folder.resolve("c.jsonl"))
                    .run();

            assertThat(Vectors.byId(written())).containsOnlyKeys("a1", "a2", "c");
        }

        @Test
        void optionsReachSparksReader() {
            var input = TextFiles.write(folder.resolve("texts.csv"), List.of("1;one, two", "2;three"));

            EmbedRun.to(output)
                    .from("csv", input)
                    .set("input-option", "sep=;", "header=false")
                    .set("input-schema", "id BIGINT, text STRING")
                    .run();

            assertThat(Vectors.byId(written())).containsOnlyKeys("1", "2");
        }

        @Test
        void anInputThatIsNotThereIsNamed() {
            var missing = folder.resolve("missing.jsonl");

            assertThatThrownBy(() -> EmbedRun.to(output).from("json", missing).run())
                    .hasMessageContaining("[PATH_NOT_FOUND] Path does not exist: file:" + missing);
            assertThat(output).doesNotExist();
        }
    }

    @Nested
    class HowMuchOfATextIsRead {

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
}
