package dev.packhorse.jobs.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.NestedMachine;
import dev.packhorse.engine.TorchFixtures;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.ModelFolder;
import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.udf.files.SparkModels;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainTest {

    @TempDir
    Path parent;

    private Path folder;

    @BeforeEach
    void copy() {
        folder = Fixtures.copyTinyBert(parent);
    }

    private String explain(String... optionsAndTexts) {
        var given = new HashMap<String, List<String>>();
        given.put("model", List.of(folder.toString()));
        for (var i = 0; i < optionsAndTexts.length; i += 2) {
            given.put(optionsAndTexts[i], List.of(optionsAndTexts[i + 1]));
        }
        var options = OptionValues.read(EmbedOptions.ALL, Map.of(), given);
        var bytes = new ByteArrayOutputStream();
        var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        Explain.of(options, SparkModels.find(options, new SparkConf(false)), out)
                .run();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private void change(String file, String from, String to) throws IOException {
        var path = folder.resolve(file);
        var text = Files.readString(path);
        assertThat(text).contains(from);
        Files.writeString(path, text.replace(from, to));
    }

    @Test
    void theModelIsDescribedAndTheRunTriedOut() {
        NestedMachine.assume();
        var model = ModelFolder.read(folder);
        assertThat(explain("precision", "int8").lines())
                .contains(
                        "model        tiny-bert",
                        "revision     " + model.revision(),
                        "inside       bert: 2 layers of 32, 4 heads, 550 token ids, 128 positions",
                        "texts        at most 64 tokens",
                        "fingerprint  " + model.fingerprint(Precision.FLOAT32) + " in float32",
                        "cpu          float32: fast path, nested: all conditions met",
                        "cpu          int8: fast path, nested: all conditions met",
                        "cpu          float16: no path; not fast, for precision: expected bfloat16, int8 or float32 on"
                                + " a CPU, for float16 is for GPUs, found float16; not slow, for precision: expected float32,"
                                + " in which ONNX Runtime computes here, found float16")
                .anyMatch(line -> line.startsWith("cuda         any precision: no path; cuda: expected a GPU that ONNX"
                        + " Runtime can use, found none: expected "))
                .anyMatch(line ->
                        line.matches("this run     onednn-nested on cpu, int8, .*\\(fast path: all conditions met\\)"));
    }

    @Test
    void eachConditionThatIsNotMetStandsThereByItsName() throws IOException {
        change("config.json", "\"hidden_act\": \"gelu\"", "\"hidden_act\": \"mish\"");
        change(
                "config.json",
                "\"position_embedding_type\": \"absolute\"",
                "\"position_embedding_type\": \"relative_key\"");
        var unmet =
                "hidden_act: expected one of [gelu, gelu_fast, gelu_new, gelu_python, gelu_pytorch_tanh, relu, silu,"
                        + " swish], found mish";
        assertThat(explain())
                .contains(
                        unmet,
                        "position_embedding_type: expected absolute, found relative_key",
                        "cpu          float32: slow path, padded; not fast, for position_embedding_type: ",
                        "cpu          int8: no path; not fast, for position_embedding_type: ",
                        "not slow, for precision: expected float32, in which ONNX Runtime computes here, found int8",
                        "this run     onnxruntime-padded on cpu, float32, ONNX Runtime's own (slow path, for ");
        assertThatThrownBy(() -> explain("path", "fast"))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("--path fast --precision float32: expected a model for the fast path, found"
                        + " tiny-bert: position_embedding_type: expected absolute, found relative_key; " + unmet);
    }

    @Test
    void aDeviceThatIsAskedForIsTakenOrTheReasonIsSaid() {
        assertThat(explain("device", "cpu")).contains(" on cpu, ");
        assertThatThrownBy(() -> explain("device", "cuda:1234"))
                .isInstanceOf(OptionException.class)
                .hasMessageStartingWith("--device cuda:1234: expected a GPU ");
    }

    @Test
    void aPathThatIsAskedForIsTaken() {
        assertThat(explain("path", "slow"))
                .contains("this run     onnxruntime-padded on cpu, float32, ONNX Runtime's own (slow path: asked for)");
    }

    @Test
    void aModelWithoutAGraphHasNoSlowPath() throws IOException {
        NestedMachine.assume();
        Files.delete(folder.resolve("onnx/model.onnx"));
        assertThat(explain()).contains("cpu          float32: fast path, nested: all conditions met");
        assertThatThrownBy(() -> explain("path", "slow"))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "--path slow: expected its conditions to be met, found: onnx: expected an ONNX file, found none in"
                                + " tiny-bert");
    }

    /** PyTorch's natives are not here: what is said then stands there, too. */
    @Test
    void aTorchScriptFileIsSaidToBeThereAndWhatItsPathLacks() throws IOException {
        var without = explain();
        Files.createDirectory(folder.resolve("torchscript"));
        Files.write(folder.resolve("torchscript/model.pt"), TorchFixtures.bytes("tiny-bert"));
        var natives = "pytorch: expected PyTorch's natives on the class path, found none; add ai.djl.pytorch:";
        assertThat(explain())
                .contains("file         " + folder.resolve("torchscript/model.pt"))
                .contains("pytorch      with --path pytorch: no path, for " + natives)
                .contains(without.lines()
                        .filter(line -> line.startsWith("fingerprint"))
                        .toList());
        assertThatThrownBy(() -> explain("path", "pytorch"))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("--path pytorch: expected its conditions to be met, found: " + natives);
    }

    @Test
    void whatIsSetIsSaid() {
        assertThat(explain("prompt", "query: ", "max-seq-length", "20", "truncate-dim", "8", "pooling", "cls+mean"))
                .contains("texts        at most 20 tokens, after the prompt 'query: '", "vectors      8 numbers: ");
    }
}
