package dev.packhorse.jobs.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.OddGraphs;
import dev.packhorse.jobs.TextFiles;
import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchTest {

    @TempDir
    private Path folder;

    private Path input;

    @BeforeEach
    void writeTexts() {
        var texts = IntStream.range(0, 60)
                .mapToObj(i -> "a word and another one ".repeat(i % 4 == 0 ? 9 : 1) + i)
                .toList();
        input = TextFiles.json(folder.resolve("texts.jsonl"), texts);
    }

    private String bench(String... more) {
        var given = new LinkedHashMap<String, List<String>>();
        given.put("input", List.of(input.toString()));
        given.put("input-format", List.of("json"));
        given.put("runs", List.of("3"));
        for (var i = 0; i < more.length; i += 2) {
            given.put(more[i], List.of(more[i + 1]));
        }
        var out = new ByteArrayOutputStream();
        var spark = LocalSpark.session();
        Bench.prepare(
                        OptionValues.read(BenchOptions.ALL, Map.of(), given),
                        spark.sparkContext().getConf(),
                        new PrintStream(out, true, StandardCharsets.UTF_8))
                .run(spark);
        return out.toString(StandardCharsets.UTF_8);
    }

    private String tiny(String... more) {
        var all = new String[more.length + 2];
        System.arraycopy(more, 0, all, 0, more.length);
        all[more.length] = "model";
        all[more.length + 1] = Fixtures.tinyBert().toString();
        return bench(all);
    }

    private static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }

    private static List<String> texts(JsonNode figures, String field) {
        return figures.findValuesAsText(field).stream().distinct().toList();
    }

    @Test
    void encodersAreMeasuredSideBySide() throws IOException {
        var results = folder.resolve("results.json");
        var page = folder.resolve("page.html");

        var out = tiny(
                "measure", "encoders",
                "encoders", "onnx,onnx-sorted,nested-float32,nested-int8",
                "batch-size", "8",
                "results", results.toString(),
                "report-page", page.toString());

        assertThat(out)
                .contains("60 rows (corpus), ", "Speed", "real tokens/s", "of peak", "figures: " + results)
                .contains("runs in turns after some seconds of warm-up: 3");
        var figures = json(results).path("encoders").path("figures");
        assertThat(texts(figures, "encoder")).containsExactly("onnx", "onnx-sorted", "nested-float32", "nested-int8");
        var onnx = figures.get(0);
        assertThat(onnx.path("ratio").path("median").asDouble()).isEqualTo(1);
        assertThat(onnx.path("batches").asInt()).isEqualTo(8);
        assertThat(onnx.path("padding_share").asDouble()).isBetween(0.3, 0.9);
        assertThat(figures.get(2).path("padding_share").asDouble()).isZero();
        assertThat(figures.get(2).path("worst_cosine").asDouble()).isGreaterThan(0.99999);
        assertThat(figures.get(3).path("worst_cosine").asDouble()).isBetween(0.98, 0.999999);
        for (var each : figures) {
            assertThat(each.path("tokens_per_second").path("least").asDouble())
                    .isPositive()
                    .isLessThanOrEqualTo(
                            each.path("tokens_per_second").path("median").asDouble());
            assertThat(each.path("gigaflops").asDouble()).isPositive();
            assertThat(each.path("millis_per_batch95").asDouble())
                    .isGreaterThanOrEqualTo(each.path("millis_per_batch").asDouble());
        }
        assertThat(page).content().contains("Packhorse benchmark", "nested-int8");
    }

    @Test
    void whatDoesNotRunHereIsNamedWithTheReason() {
        assertThat(tiny(
                        "measure",
                        "encoders",
                        "encoders",
                        "pytorch,nested-float32,nested-float16",
                        "lengths",
                        "fixed:8",
                        "rows",
                        "6"))
                .contains("pytorch: not here: torchscript: expected a .pt file, found none in tiny-bert")
                .contains(
                        "encoders on a GPU: not here: cuda: expected a GPU that ONNX Runtime can use, found none: expected ",
                        "nested-float16: not here: cuda: expected a GPU that ONNX Runtime can use, found none: expected ")
                .contains("6 rows (fixed:8), 48 tokens, mean 8, longest 8")
                .contains("ratio is the baseline's time (nested-float32) over its own");
    }

    /** A number that no machine has. */
    @Test
    void encodersRunOnTheDeviceThatIsAskedFor() {
        assertThatThrownBy(() -> tiny("measure", "encoders", "encoders", "onnx", "device", "cuda:1234"))
                .isInstanceOf(OptionException.class)
                .hasMessageStartingWith("--device cuda:1234: expected a GPU ");
        assertThat(tiny(
                        "measure", "encoders",
                        "encoders", "nested-float32,nested-float16",
                        "device", "cpu",
                        "lengths", "fixed:8",
                        "rows", "6"))
                .contains(
                        "nested-float16: not here: precision: expected bfloat16, int8 or float32 on a CPU, for float16 is"
                                + " for GPUs, found float16");
    }

    @Test
    void aBaselineThatDoesNotRunHereIsRefused() {
        assertThatThrownBy(() -> tiny("measure", "encoders", "encoders", "onnx", "baseline", "pytorch"))
                .isInstanceOf(OptionException.class)
                .hasMessage("--baseline: expected one of those that are measured (onnx), found pytorch");
        assertThatThrownBy(() -> tiny("measure", "encoders", "encoders", "onnx,pytorch", "baseline", "pytorch"))
                .isInstanceOf(OptionException.class)
                .hasMessage("--baseline: expected one that is measured and runs here (onnx), found pytorch");
        assertThatThrownBy(
                        () -> tiny("measure", "batch-size", "encoders", "onnx,onnx-sorted", "baseline", "onnx-sorted"))
                .isInstanceOf(OptionException.class)
                .hasMessage("--baseline: expected one of those that are measured (onnx), found onnx-sorted");
    }

    @Test
    void filesAreCheckedBeforeAnythingIsMeasured() {
        var nowhere = folder.resolve("none/results.json").toString();
        assertThatThrownBy(() -> tiny("measure", "encoders", "results", nowhere))
                .isInstanceOf(OptionException.class)
                .hasMessage("--results: expected a file in a folder that can be written to, found " + nowhere);
        assertThatThrownBy(() -> tiny("measure", "encoders", "profile", folder.toString()))
                .isInstanceOf(OptionException.class)
                .hasMessage("--profile: expected a file in a folder that can be written to, found " + folder);
        assertThatThrownBy(() -> tiny(
                        "measure",
                        "jobs",
                        "report-page",
                        folder.resolve("p.html").toString()))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--report-page: expected with --measure all or encoders or padding or batch-size or tokenizer, found --measure jobs");
        assertThatThrownBy(() -> tiny(
                        "measure",
                        "tokenizer",
                        "profile",
                        folder.resolve("t.json").toString()))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--profile: expected with --measure all or encoders or padding or batch-size, found --measure tokenizer");
    }

    @Test
    void tokenizersAreMeasuredSideBySide() throws IOException {
        var results = folder.resolve("results.json");
        var page = folder.resolve("page.html");
        var out = tiny("measure", "tokenizer", "results", results.toString(), "report-page", page.toString());
        assertThat(out)
                .contains("Tokenizer: 30 texts, ", " tokens of at most 64 a text, after 30 others", "djl, 1 thread")
                .contains("One H100 would need so many cores", "MiniLM-L6", "25,000,000");
        var figures = json(results).path("tokenizer").path("figures");
        assertThat(texts(figures, "tokenizer")).containsExactly("djl", "library", "packhorse");
        for (var each : figures) {
            var cores = each.path("tokens_per_second_and_core").asDouble();
            assertThat(cores * each.path("threads").asInt())
                    .isEqualTo(each.path("tokens_per_second").path("median").asDouble(), within(1e-6 * cores));
            assertThat(each.path("cores_for_one_h100")
                            .path("BERT-base, rows of 512 tokens")
                            .asLong())
                    .isEqualTo((long) Math.ceil(4.2e6 / cores));
            assertThat(each.path("ratio").path("median").asDouble()).isPositive();
        }
        assertThat(figures.get(0).path("ratio").path("median").asDouble()).isEqualTo(1);
        assertThat(page).content().contains("Packhorse benchmark", "packhorse, 1 thread");
    }

    @Test
    void aTokenizerIsMeasuredOnTextsThatItHasNotMet() {
        var one = TextFiles.json(folder.resolve("one.jsonl"), List.of("a word"));
        assertThatThrownBy(() -> tiny("measure", "tokenizer", "input", one.toString()))
                .isInstanceOf(OptionException.class)
                .hasMessage("--input: expected at least 2 texts with --measure tokenizer, found 1");
    }

    @Test
    void textsLongerThanTheModelReadsAreRefused() {
        assertThatThrownBy(() -> tiny("measure", "encoders", "lengths", "uniform:8-65"))
                .isInstanceOf(OptionException.class)
                .hasMessage("--lengths: expected at most 64 tokens, which is what tiny-bert reads, found uniform:8-65");
    }

    @Test
    void batchesTooSmallForTheLargestShareAreRefused() {
        assertThatThrownBy(() -> tiny("measure", "padding", "lengths", "fixed:60", "batch-size", "8"))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--batch-size, --lengths: expected batches that can be 90% padding, found 8 rows of at most 60 tokens; take more or longer rows");
    }

    @Test
    void oneBadFileIsNoReasonToMeasureNothing() {
        OddGraphs.tinyBertWith("fixed-batch", folder);
        assertThat(bench(
                        "measure", "encoders",
                        "model", folder.resolve("tiny-bert").toString(),
                        "lengths", "fixed:8",
                        "rows", "8",
                        "encoders", "onnx,nested-float32"))
                .contains("onnx: not here: ", "fixed when it was exported", "nested-float32");
    }

    @Test
    void speedIsMeasuredByTheShareOfPadding() throws IOException {
        var results = folder.resolve("results.json");
        var out = tiny(
                "measure", "padding",
                "lengths", "fixed:60",
                "batch-size", "20",
                "rows", "20",
                "encoders", "onnx,nested-float32",
                "results", results.toString());
        var cores = LocalSpark.session().sparkContext().defaultParallelism();
        assertThat(out)
                .contains(cores + " batches of 20 rows as they arrive, the longest of each 60 tokens")
                .contains("90.0%");
        var figures = json(results).path("padding").path("figures");
        assertThat(figures).hasSize(20);
        for (var point : figures) {
            assertThat(point.path("tokens").asLong())
                    .isEqualTo(
                            cores * Math.round((1 - point.path("padding_share").asDouble()) * 1200));
        }
    }

    @Test
    void otherLengthsThanTheLongestAreRefusedWithPadding() {
        assertThatThrownBy(() -> tiny("measure", "padding", "lengths", "uniform:8-20"))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--lengths: expected fixed:N with --measure padding, for N is the longest of each batch, found uniform:8-20");
    }

    @Test
    void latenciesAreMeasuredByBatchSize() throws IOException {
        var results = folder.resolve("results.json");
        var out = tiny(
                "measure", "batch-size",
                "lengths", "fixed:16",
                "batch-sizes", "1,4",
                "encoders", "onnx,onnx-sorted,nested-float32",
                "results", results.toString());
        assertThat(out).contains("Mean latency of a batch", "rows of fixed:16").doesNotContain("onnx-sorted");
        var figures = json(results).path("batch_sizes").path("figures");
        assertThat(texts(figures, "batch_size")).containsExactly("1", "4");
        assertThat(texts(figures, "encoder")).containsExactly("onnx", "nested-float32");
    }

    @Test
    void aProfileIsATableAndATrace() throws IOException {
        var trace = folder.resolve("trace.json");
        var out = tiny(
                "measure", "encoders",
                "lengths", "uniform:4-20",
                "rows", "16",
                "encoders", "onnx,pytorch,nested-float32",
                "profile", trace.toString());
        assertThat(out)
                .contains("operator", "self", "share", "calls", "average", "outside of it", "MatMul", "qkv")
                .contains("profile of pytorch: not here: PyTorch's engine hands out no profile");
        assertThat(texts(json(trace).path("traceEvents"), "ph")).containsExactlyInAnyOrder("M", "X");
    }

    @Test
    void aShapeNeedsNoModel() {
        assertThat(bench(
                        "measure", "encoders",
                        "shape", "minilm",
                        "lengths", "fixed:8",
                        "rows", "4",
                        "runs", "1",
                        "encoders", "onnx,nested-float32"))
                .contains("random weights in the shape of minilm", "nested-float32", "1.000000");
    }

    @Test
    void aModelAndAShapeAreOneTooMany() {
        assertThatThrownBy(() -> tiny("shape", "minilm"))
                .isInstanceOf(OptionException.class)
                .hasMessage("expected --model or --shape, found both");
    }

    @Test
    void noTextsAreRefused() throws IOException {
        var empty = Files.writeString(folder.resolve("empty.jsonl"), "");
        assertThatThrownBy(() -> tiny("measure", "encoders", "input", empty.toString(), "input-schema", "text STRING"))
                .isInstanceOf(OptionException.class)
                .hasMessage("--input: expected texts, found none");
    }

    @Test
    void sizesAreNumbers() {
        assertThatThrownBy(() -> tiny("batch-sizes", "1,0"))
                .isInstanceOf(OptionException.class)
                .hasMessage("--batch-sizes: expected whole numbers above 0 with commas between, found '1,0'");
        assertThatThrownBy(() -> tiny("encoders", "onnx,unknown"))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--encoders: expected some of onnx, onnx-sorted, pytorch, pytorch-sorted, nested-float32, nested-bfloat16, nested-int8, nested-float16 with commas between, found 'onnx,unknown'");
    }
}
