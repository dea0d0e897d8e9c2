package dev.packhorse.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.output.OutputPrecision;
import dev.packhorse.engine.output.RangeFinder;
import dev.packhorse.engine.output.Ranges;
import dev.packhorse.engine.output.VectorQuantizer;
import dev.packhorse.jobs.EmbedRun;
import dev.packhorse.jobs.TextFiles;
import dev.packhorse.jobs.Vectors;
import dev.packhorse.jobs.output.RangesJson;
import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.ResultColumns;
import dev.packhorse.udf.rows.EmbedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/** What the embed job stores vectors as. */
class EmbedJobPrecisionTest extends EmbedJobFixture {

    private static final int DIMENSION = 32;

    /** Texts of the fixtures; those that are empty are errors. */
    private EmbedRun job(Path output, List<String> texts) {
        return EmbedRun.to(output).from("json", TextFiles.json(folder.resolve(output.getFileName() + ".jsonl"), texts));
    }

    /** The float32 vectors of texts, by id. */
    private Map<String, float[]> plain(List<String> texts) {
        var plain = folder.resolve("plain");
        job(plain, texts).set("mode", "overwrite").run();
        var vectors = new HashMap<String, float[]>();
        Vectors.byId(LocalSpark.session().read().parquet(plain.toString()).collectAsList())
                .forEach((id, vector) -> vectors.put(id, floats(vector)));
        return vectors;
    }

    private static float[] floats(List<Float> numbers) {
        var floats = new float[numbers.size()];
        for (var i = 0; i < floats.length; i++) {
            floats[i] = numbers.get(i);
        }
        return floats;
    }

    private static Ranges ranges(Collection<float[]> vectors) {
        var finder = new RangeFinder(DIMENSION);
        vectors.forEach(finder::add);
        return finder.found().orElseThrow();
    }

    private void assertWritten(OutputPrecision precision, Map<String, float[]> plain, Ranges ranges) {
        var quantizer = VectorQuantizer.of(precision, DIMENSION, Optional.of(ranges));
        var found = new ArrayList<String>();
        for (var row : written()) {
            var id = String.valueOf(row.<Long>getAs("id"));
            if (row.getAs("embedding") != null) {
                found.add(id);
                assertThat(row.<byte[]>getAs("embedding")).as(id).isEqualTo(quantizer.quantize(plain.get(id)));
            }
        }
        assertThat(found).containsExactlyInAnyOrderElementsOf(plain.keySet());
    }

    private void assertNoStaging() {
        assertThat(list(output).stream().map(file -> file.getFileName().toString()))
                .noneMatch(name -> name.contains("staging"));
    }

    @ParameterizedTest
    @EnumSource(value = OutputPrecision.class, mode = Mode.EXCLUDE, names = "FLOAT32")
    void vectorsAreThoseOfFloat32Quantized(OutputPrecision precision) throws IOException {
        var plain = plain(Fixtures.texts());

        var summary = job(output, Fixtures.texts())
                .set("output-precision", precision.id())
                .set("carry-columns", "text")
                .run();

        assertWritten(precision, plain, ranges(plain.values()));
        assertThat(LocalSpark.session()
                        .read()
                        .parquet(output.toString())
                        .schema()
                        .toDDL())
                .isEqualTo(ResultColumns.read(ResultColumns.DDL).replace("ARRAY<FLOAT>", "BINARY") + ",text STRING");
        assertThat(summary.written().vectors()).isEqualTo(plain.size());
        assertThat(summary.written().errors())
                .isPositive()
                .isEqualTo(Fixtures.texts().size() - plain.size());
        assertThat(written()).allSatisfy(row -> assertThat(row.<String>getAs("text"))
                .isEqualTo(Fixtures.texts().get(Math.toIntExact(row.<Long>getAs("id")))));
        assertNoStaging();
        var footer = footer(files(".parquet").get(0)).getFileMetaData().getKeyValueMetaData();
        assertThat(footer).containsEntry("packhorse.output-precision", precision.id());
        var manifest = json(manifests().get(0));
        assertThat(manifest.path("output-precision").asText()).isEqualTo(precision.id());
        if (precision.needsRanges()) {
            var expected = RangesJson.text(ranges(plain.values()));
            assertThat(footer).containsEntry("packhorse.output-ranges", expected);
            assertThat(manifest.path("output-ranges")).hasToString(expected);
        } else {
            assertThat(footer).doesNotContainKey("packhorse.output-ranges");
            assertThat(manifest.has("output-ranges")).isFalse();
        }
    }

    @Test
    void quantizedFilesDifferFromOthersInTheVectorsColumnAlone() {
        some().set("output-precision", "int8").run();

        assertThat(messageType(files(".parquet").get(0)))
                .isEqualTo(MESSAGE_TYPE.formatted("optional binary embedding;"));
    }

    @ParameterizedTest
    @CsvSource({"rows, global, 0", "mean, window, 256m"})
    void chunksAreQuantizedToo(String chunkOutput, String sort, String targetFileSize) {
        var summary = job(output, List.of("mule letter ".repeat(100), "short"))
                .set("long-text", "chunk")
                .set("chunk-output", chunkOutput)
                .set("output-precision", "uint8")
                .set("sort", sort)
                .set("target-file-size", targetFileSize)
                .run();

        assertThat(summary.written().vectors())
                .isEqualTo(chunkOutput.equals("mean") ? 2 : written().size());
        assertThat(written())
                .allSatisfy(row -> assertThat(row.<byte[]>getAs("embedding")).hasSize(DIMENSION));
        assertNoStaging();
    }

    @Test
    void appendTakesTheRangesThatAreThere() throws IOException {
        var first = List.of("one text", "another text", "a third one");
        var second = List.of("mule", "letters in a box", "世界");
        var ranges = ranges(plain(first).values());
        var vectors = plain(second);
        job(output, first).set("output-precision", "int8").run();
        var before = files(".parquet");

        job(output, second)
                .set("output-precision", "int8")
                .set("mode", "append")
                .run();

        assertThat(written()).hasSize(6);
        before.forEach(file -> assertThat(file.toFile().delete()).isTrue());
        assertWritten(OutputPrecision.INT8, vectors, ranges);
        assertThat(manifests()).hasSize(2);
        assertThat(json(manifests().get(1)).path("output-ranges"))
                .isEqualTo(json(manifests().get(0)).path("output-ranges"));
        assertNoStaging();
    }

    @Test
    void appendRefusesAnotherPrecision() throws IOException {
        some().set("output-precision", "binary").run();
        var before = snapshot();

        assertRefused(
                some().set("mode", "append").set("output-precision", "ubinary"),
                "--mode append: expected rows of --output-precision ubinary as this job makes, found binary in file:%s; set it to that, or write to another folder"
                        .formatted(manifests().get(0)));
        assertRefused(
                some().set("mode", "append"),
                "--mode append: expected rows of --output-precision float32 as this job makes, found binary in file:%s; set it to that, or write to another folder"
                        .formatted(manifests().get(0)));
        assertThat(snapshot()).isEqualTo(before);
    }

    @Test
    void appendRefusesRangesThatAreMissingOrDiffer() throws IOException {
        var job = some().set("output-precision", "int8");
        job.run();
        var manifest = manifests().get(0);
        var text = Files.readString(manifest);

        rewrite(manifest, text.replace("\"output-ranges\"", "\"ranges-of-another-name\""));
        assertRefused(
                job.set("mode", "append"),
                "--mode append: expected output-ranges, by which vectors were quantized, in file:%s, found none that can be read: expected two lists of numbers, found 0"
                        .formatted(manifest));

        Files.writeString(manifest, text);
        job.run();
        var second = manifestBeside(manifest);
        rewrite(second, Files.readString(second).replaceFirst("(\"output-ranges\" : \\[ \\[ )-?", "$1-9"));
        assertThatThrownBy(job::run)
                .hasMessageMatching(
                        "--mode append: expected the same output-ranges in all manifests, found others in file:.*\\.json; vectors of both must not be mixed");
    }

    private static void rewrite(Path manifest, String text) throws IOException {
        Files.writeString(manifest, text);
        // else Hadoop finds that the bytes are not those that it wrote
        Files.delete(manifest.resolveSibling("." + manifest.getFileName() + ".crc"));
    }

    @Test
    void withoutAVectorThereAreNoRangesAndTheNextRunMakesThem() throws IOException {
        job(output, List.of("", " ")).set("output-precision", "int8").run();
        var first = manifests().get(0);
        assertThat(json(first).has("output-ranges")).isFalse();
        assertThat(written()).hasSize(2);

        some().set("output-precision", "int8").set("mode", "append").run();

        assertThat(json(manifestBeside(first)).path("output-ranges")).hasSize(2);
        assertThat(written()).hasSize(6);
        assertNoStaging();
    }

    @ParameterizedTest
    @ValueSource(strings = {"int8", "binary"})
    void aJobThatFailsLeavesNothing(String precision) {
        assertThatThrownBy(() -> failing(precision).run()).rootCause().isInstanceOf(EmbedException.class);

        assertThat(output).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"overwrite", "append"})
    void aJobThatFailsLeavesTheOldRowsAlone(String mode) throws IOException {
        some().set("output-precision", "int8").run();
        var before = snapshot();

        assertThatThrownBy(() -> failing("int8").set("mode", mode).run())
                .rootCause()
                .isInstanceOf(EmbedException.class);

        assertThat(snapshot()).isEqualTo(before);
        assertNoStaging();
    }

    /** Parquet leaves statistics out that are too long, and with them the count of nulls. */
    @Test
    void longErrorsAreCounted() throws IOException {
        var lines = List.of(
                "{\"id\": \"%s\", \"text\": \"\"}".formatted("a".repeat(5_000)), "{\"id\": \"b\", \"text\": \"good\"}");
        var summary = EmbedRun.to(output)
                .from("json", TextFiles.write(folder.resolve("long.jsonl"), lines))
                .set("output-precision", "float16")
                .run();
        assertThat(summary.written().errors()).isEqualTo(1);
        assertThat(summary.written().vectors()).isEqualTo(1);
    }

    private EmbedRun failing(String precision) {
        return EmbedRun.to(output)
                .from(
                        "json",
                        TextFiles.write(
                                folder.resolve("bad.jsonl"),
                                List.of(TextFiles.json(1, "good"), TextFiles.json(2, null), TextFiles.json(3, "too"))))
                .set("output-precision", precision)
                .set("on-error", "fail");
    }

    @Test
    void floatsOfAnotherEncodingNeedFloats() {
        assertRefused(
                some().set("output-precision", "int8").set("float-encoding", "byte-stream-split"),
                "--float-encoding: expected with --output-precision float32, found with int8, which has no floats");
    }
}
