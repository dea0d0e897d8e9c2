package dev.packhorse.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.packhorse.jobs.EmbedRun;
import dev.packhorse.jobs.TextFiles;
import dev.packhorse.jobs.page.PageReader;
import dev.packhorse.udf.LocalSpark;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The report page of the embed job: what it says is what the run did. */
class EmbedJobPageTest extends EmbedJobFixture {

    private Path file;

    @BeforeEach
    void namePage() {
        file = folder.resolve("pages/run.html");
    }

    private EmbedRun job(List<String> texts) {
        return EmbedRun.to(output)
                .from("json", TextFiles.json(folder.resolve("in.jsonl"), texts))
                .set("input-schema", "id BIGINT, text STRING")
                .set("report-page", file.toString());
    }

    private static List<String> texts(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "text %d ".formatted(i) + "word ".repeat(i % 23))
                .toList();
    }

    private static double sum(JsonNode numbers) {
        return StreamSupport.stream(numbers.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .sum();
    }

    private static double sumOfSeries(JsonNode chart) {
        return StreamSupport.stream(chart.path("series").spliterator(), false)
                .mapToDouble(series -> sum(series.path("values")))
                .sum();
    }

    private static List<String> pointTexts(PageReader page) {
        return StreamSupport.stream(
                        page.chart("Some of the vectors").path("points").spliterator(), false)
                .map(point -> point.path("text").asText())
                .sorted()
                .toList();
    }

    /** What it says while it works, and at the end. */
    private static String said(EmbedRun job) {
        var out = new ByteArrayOutputStream();
        job.run(new PrintStream(out, true, StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"window", "global"})
    void itsNumbersAreThoseOfTheManifest(String sort) throws IOException {
        var texts = new ArrayList<>(texts(300));
        texts.addAll(Collections.nCopies(20, "the same text"));
        texts.add("");
        texts.add(null);
        texts.add("long ".repeat(2_000));

        var said = said(job(texts).set("sort", sort).set("report-sample", "100"));

        assertThat(said).contains("report page  " + file);
        var page = PageReader.of(file);
        var manifest = json(manifests().get(0));
        assertThat(page.count("rows read")).isEqualTo(manifest.path("rows").asLong());
        assertThat(page.count("vectors")).isEqualTo(manifest.path("vectors").asLong());
        assertThat(page.count("errors"))
                .isEqualTo(manifest.path("errors").asLong())
                .isEqualTo(2);
        assertThat(page.count("tokens")).isEqualTo(manifest.path("tokens").asLong());
        assertThat(page.count("truncated texts")).isEqualTo(1);
        assertThat(page.count("texts met again"))
                .isEqualTo(manifest.path("duplicates_encoded_once").asLong());
        assertThat(page.facts())
                .containsEntry("encoder", manifest.path("encoder").asText())
                .containsEntry(
                        "fingerprint", manifest.path("fingerprint").asText().substring(0, 16))
                .containsEntry("model", manifest.path("model").asText())
                .containsKeys("machine", "duration", "Spark");
        assertThat(sumOfSeries(page.chart("Token lengths"))).isEqualTo(321); // all that have tokens
        var padding = page.chart("Padding saved").path("series");
        var tokens = manifest.path("tokens").asDouble();
        assertThat(padding.path(0).path("values").toString()).isEqualTo("[%1$s,%1$s,%1$s]".formatted(tokens));
        assertThat(padding.path(2).path("values").path(2).asDouble())
                .isEqualTo(manifest.path("computed_tokens").asDouble() - tokens);
        assertThat(padding.path(2).path("values").path(0).asDouble()).isPositive();
        assertThat(sumOfSeries(page.chart("Tokens per task")))
                .isEqualTo(manifest.path("computed_tokens").asDouble());
        assertThat(page.chart("Tokens per task").path("categories"))
                .hasSize(manifest.path("encoding_tasks").asInt());
        var errors = page.chart("Errors by kind");
        assertThat(errors.path("categories").toString()).isEqualTo("[\"null text\",\"empty text\"]");
        assertThat(errors.path("series").path(0).path("values").toString()).isEqualTo("[1.0,1.0]");
        assertThat(page.chart("Throughput over time").path("lines")).hasSize(1);
        assertThat(page.chart("Time of tasks by step").path("categories").toString())
                .isEqualTo("[\"read\",\"tokenize\",\"encode\",\"write\",\"load the model\"]");
        assertThat(pointTexts(page)).hasSize(100).allMatch(text -> text.matches("\\d+: (text \\d+|the same|long).*"));
    }

    @Test
    void theMapHasTheTextsOfItsRows() {
        var texts = List.of(
                "</script><script>alert(1)</script>",
                "\"quotes\" 'and' & more",
                "emoji 😀",
                "\u202eright to left שלום",
                "lines\nof text");
        var lines = new ArrayList<>(IntStream.range(0, texts.size())
                .mapToObj(i -> TextFiles.json(i, texts.get(i)))
                .toList());
        lines.add("{\"id\": 5, \"text\": \"half \\ud83d of one\"}");
        var job = job(List.of());
        TextFiles.write(folder.resolve("in.jsonl"), lines);

        job.run();

        assertThat(pointTexts(PageReader.of(file)))
                .containsExactlyInAnyOrder(
                        "0: </script><script>alert(1)</script>",
                        "1: \"quotes\" 'and' & more",
                        "2: emoji 😀",
                        "3: \u202eright to left שלום",
                        "4: lines of text",
                        "5: half ? of one"); // what the file has
        assertThat(PageReader.of(file).html()).doesNotContain("<script>alert");
    }

    @Test
    void textsAreLeftOutWhereTheyAreNotToBeShown() {
        job(texts(5)).set("report-texts", "false").run();

        var page = PageReader.of(file);
        assertThat(pointTexts(page)).containsExactly("id 0", "id 1", "id 2", "id 3", "id 4");
        assertThat(page.html()).doesNotContain("word word");
    }

    @Test
    void withoutASampleThereIsNoMap() {
        job(texts(5)).set("report-sample", "0").run();

        assertThat(PageReader.of(file).sections()).containsOnlyKeys("Texts", "Work");
    }

    @Test
    void theSameOutputGivesTheSameMap() throws IOException {
        job(texts(400)).set("report-sample", "50").run();
        var first = PageReader.of(file).chart("Some of the vectors");
        Files.delete(file);

        job(texts(400)).set("report-sample", "50").set("mode", "overwrite").run();

        assertThat(PageReader.of(file).chart("Some of the vectors"))
                .isEqualTo(first)
                .isNotEmpty();
    }

    @Test
    void whereRowsAreManySomeOfTheirFilesAreRead() {
        output = folder.resolve("an out put, 100%25 öffentlich");

        job(texts(400))
                .set("output", output.toString())
                .set("report-sample", "5")
                .run();

        assertThat(pointTexts(PageReader.of(file))).hasSize(5).allMatch(text -> text.matches("(\\d+): text \\1.*"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"int8", "ubinary", "float16"})
    void theMapIsOfTheVectorsBeforeTheyAreQuantized(String precision) {
        job(texts(40)).run();
        var whole = PageReader.of(file).chart("Some of the vectors");

        job(texts(40))
                .set("output-precision", precision)
                .set("mode", "overwrite")
                .run();

        assertThat(PageReader.of(file).chart("Some of the vectors"))
                .isEqualTo(whole)
                .isNotEmpty();
    }

    @Test
    void aChunkHasItsOwnPartOfTheText() {
        var text = IntStream.range(0, 60).mapToObj("n%d"::formatted).toList();
        job(List.of(String.join(" ", text)))
                .set("long-text", "chunk")
                .set("chunk-tokens", "32")
                .set("chunk-overlap", "0")
                .run();

        var page = PageReader.of(file);
        assertThat(page.facts().get("chunks")).endsWith(" of 1 long texts");
        assertThat(pointTexts(page))
                .hasSizeGreaterThan(3)
                .doesNotHaveDuplicates()
                .anyMatch(one -> one.startsWith("0: n0 n1 "));
    }

    @Test
    void aQueryOfSeveralStagesIsNotRunAgain() {
        LocalSpark.session()
                .read()
                .schema("id BIGINT, text STRING")
                .json(TextFiles.json(folder.resolve("in.jsonl"), texts(9)).toString())
                .createOrReplaceTempView("page_texts");
        EmbedRun.to(output)
                .set("query", "SELECT max(id) AS id, text FROM page_texts GROUP BY text")
                .set("report-page", file.toString())
                .run();

        var page = PageReader.of(file);
        assertThat(page.sections())
                .containsEntry(
                        "Vectors",
                        "Texts are left out: the source is a query of several stages, which would have to run again for them.");
        assertThat(pointTexts(page)).hasSize(9).allMatch(text -> text.startsWith("id "));
    }

    @Test
    void aRunOfNoRowsHasAPageToo() {
        job(List.of()).run();

        var page = PageReader.of(file);
        assertThat(page.count("rows read")).isZero();
        assertThat(page.sections()).containsEntry("Vectors", "No vector was made.");
        assertThat(page.html())
                .contains("No text was tokenized by this run.")
                .contains("No text was encoded by this run.");
    }

    @Test
    void aRunOfErrorsAloneHasAPageToo() {
        job(Collections.nCopies(4, "")).run();

        var page = PageReader.of(file);
        assertThat(page.count("errors")).isEqualTo(4);
        assertThat(page.sections()).containsEntry("Vectors", "No vector was made.");
        assertThat(page.chart("Errors by kind").path("categories").toString()).isEqualTo("[\"empty text\"]");
    }

    @Test
    void oneRowIsNoMap() {
        job(List.of("one text")).run();

        assertThat(PageReader.of(file).sections())
                .containsEntry("Vectors", "A map takes 3 vectors or more, and there are 1.");
    }

    @Test
    void batchesOfAStreamShareAPage() {
        for (var batch = 0; batch < 3; batch++) {
            var first = batch * 20;
            TextFiles.write(
                    folder.resolve("in/%d.jsonl".formatted(batch)),
                    IntStream.range(first, first + 20)
                            .mapToObj(id -> TextFiles.json(id, "text number " + id))
                            .toList());
        }
        EmbedRun.to(output)
                .from("json", folder.resolve("in"))
                .set("input-schema", "id BIGINT, text STRING")
                .set("input-option", "maxFilesPerTrigger=1")
                .set("trigger", "available-now")
                .set("checkpoint", folder.resolve("checkpoint").toString())
                .set("report-page", file.toString())
                .set("report-sample", "50")
                .run();

        var page = PageReader.of(file);
        assertThat(page.count("rows read")).isEqualTo(60);
        assertThat(sumOfSeries(page.chart("Token lengths"))).isEqualTo(60);
        assertThat(pointTexts(page)).hasSize(50).doesNotHaveDuplicates();
        assertThat(pointTexts(page)).allMatch(text -> text.matches("(\\d+): text number \\1"));
    }

    @Test
    void aPageThatCannotBeWrittenIsNoReasonToFail() throws IOException {
        Files.writeString(folder.resolve("pages"), "a file where a folder is to be");

        var said = said(job(texts(4)));

        assertThat(said)
                .contains("WARNING: --report-page %s could not be written: ".formatted(file))
                .contains("; the run itself is not touched by that");
        assertThat(written()).hasSize(4);
        assertThat(manifests()).hasSize(1);
    }

    @Test
    void whatCanBeNoPageIsRefusedBeforeTheRun() {
        var among = output.resolve("page.html").toString();
        assertRefused(
                job(texts(1)).set("report-page", among),
                "--report-page %s: expected a file outside of --output, whose readers take all files for rows, or a name that begins with _"
                        .formatted(among));
        assertRefused(some().set("report-sample", "7"), "--report-sample: expected with --report-page, found without");
        assertRefused(
                some().set("report-texts", "false"), "--report-texts: expected with --report-page, found without");
    }

    @Test
    void withoutAPageNothingIsSaidOfOne() {
        assertThat(said(some())).doesNotContain("report page");
    }
}
