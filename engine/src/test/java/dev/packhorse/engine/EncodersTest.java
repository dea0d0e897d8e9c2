package dev.packhorse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.Condition;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.families.Architecture;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncodersTest {

    @TempDir
    Path folder;

    private static final Device CPU = new Device.Cpu();

    private static final Model TINY = ModelFolder.read(Fixtures.tinyBert());

    private static EngineSettings settings(Model model, PathChoice path, Precision precision) {
        return new EngineSettings(model, precision, path, 256, 1);
    }

    private static String chosen(Model model, PathChoice path) {
        try (var engine = Engine.open(settings(model, path, Precision.FLOAT32))) {
            return engine.info().name() + ": " + engine.info().reason();
        }
    }

    private static Model of(Architecture architecture, List<dev.packhorse.engine.model.ModelFile> safetensors) {
        return Changed.weights(TINY, architecture, safetensors);
    }

    @Test
    void aKnownFamilyIsEncodedNested() {
        NestedMachine.assume();
        assertThat(chosen(TINY, PathChoice.AUTO)).isEqualTo("onednn-nested: fast path: all conditions met");
    }

    @Test
    void theOnnxFileIsTakenAsItIsWhereThatWasAskedFor() {
        assertThat(chosen(TINY, PathChoice.SLOW)).isEqualTo("onnxruntime-padded: slow path: asked for");
    }

    @Test
    void anotherFamilyTakesThePaddedPathAndSaysWhy() {
        var model = of(new Architecture.Opaque(List.of(new Condition("model_type", "one we know", "t5"))), List.of());
        assertThat(chosen(model, PathChoice.AUTO))
                .isEqualTo("onnxruntime-padded: slow path, for model_type: expected one we know, found t5");
        assertThatThrownBy(() -> Engine.open(settings(model, PathChoice.FAST, Precision.FLOAT32)))
                .isInstanceOf(EncoderException.class)
                .hasMessage("--path fast: expected its conditions to be met, found:"
                        + " model_type: expected one we know, found t5");
        assertThatThrownBy(() -> Engine.open(settings(model, PathChoice.AUTO, Precision.INT8)))
                .isInstanceOf(EncoderException.class)
                .hasMessage("tiny-bert: expected a path for --precision int8, found neither the fast one (model_type:"
                        + " expected one we know, found t5) nor the slow one (precision: expected float32,"
                        + " in which ONNX Runtime computes here, found int8)");
    }

    /** The fixture's graph calls its embeddings otherwise than torch's exporter does. */
    @Test
    void aGraphWhoseWeightsHaveOtherNamesTakesThePaddedPathAndSaysWhich() {
        NestedMachine.assume();
        assertThat(chosen(of(TINY.architecture(), List.of()), PathChoice.AUTO))
                .startsWith(
                        "onnxruntime-padded: slow path, for weights: expected a graph whose weights have the names of a"
                                + " bert, found " + TINY.onnx().get(0).location()
                                + ": expected one tensor embeddings.word_embeddings.weight, found none among ");
    }

    @Test
    void aModelWithoutAGraphCannotBePadded() throws IOException {
        var copy = Fixtures.copyTinyBert(folder);
        Files.delete(copy.resolve("onnx/model.onnx"));
        var model = ModelFolder.read(copy);
        assertThatThrownBy(() -> Engine.checkChoice(model, PathChoice.SLOW, Precision.FLOAT32, CPU))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "--path slow: expected its conditions to be met, found: onnx: expected an ONNX file, found none in"
                                + " tiny-bert");
        assertThatThrownBy(() -> Engine.open(settings(model, PathChoice.SLOW, Precision.FLOAT32)))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "--path slow: expected its conditions to be met, found: onnx: expected an ONNX file, found none in"
                                + " tiny-bert");
    }

    /** Weights that are there and broken are a mistake, not a reason for the slow path. */
    @Test
    void brokenWeightsStop() throws IOException {
        NestedMachine.assume();
        var copy = Fixtures.copyTinyBert(folder);
        Files.writeString(copy.resolve("model.safetensors"), "no weights at all");
        var model = ModelFolder.read(copy);
        assertThatThrownBy(() -> Engine.open(settings(model, PathChoice.AUTO, Precision.FLOAT32)))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(copy.resolve("model.safetensors") + ": expected a safetensors header")
                .hasNoCause(); // a job shows the root cause, which must name the file
    }

    @Test
    void whatNoMachineCanDoIsFoundBeforeAnythingIsLoaded() {
        var opaque = of(new Architecture.Opaque(List.of(new Condition("model_type", "one we know", "t5"))), List.of());
        Engine.checkChoice(opaque, PathChoice.AUTO, Precision.FLOAT32, CPU);
        Engine.checkChoice(TINY, PathChoice.FAST, Precision.INT8, CPU);
        assertThatThrownBy(() -> Engine.checkChoice(opaque, PathChoice.AUTO, Precision.BFLOAT16, CPU))
                .isInstanceOf(ModelException.class)
                .hasMessage("--path auto --precision bfloat16: expected a model for the fast path, found tiny-bert:"
                        + " model_type: expected one we know, found t5; and not for the slow one, for precision:"
                        + " expected float32, in which ONNX Runtime computes here, found bfloat16");
        assertThatThrownBy(() -> Engine.checkChoice(TINY, PathChoice.SLOW, Precision.INT8, CPU))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "--path slow: expected its conditions to be met, found: precision: expected float32, in which"
                                + " ONNX Runtime computes here, found int8");
    }

    @Test
    void autoIsNeverLessThanFloat32() {
        assertThat(PrecisionChoice.AUTO.on(TINY, PathChoice.SLOW, CPU)).isEqualTo(Precision.FLOAT32);
        assertThat(PrecisionChoice.AUTO.on(of(new Architecture.Opaque(List.of()), List.of()), PathChoice.AUTO, CPU))
                .isEqualTo(Precision.FLOAT32);
        assertThat(PrecisionChoice.AUTO.on(TINY, PathChoice.AUTO, CPU)).isIn(Precision.FLOAT32, Precision.BFLOAT16);
        assertThat(PrecisionChoice.INT8.on(TINY, PathChoice.AUTO, CPU)).isEqualTo(Precision.INT8);
    }

    private static final String WITHOUT_NATIVES =
            "pytorch: expected PyTorch's natives on the class path, found none; add"
                    + " ai.djl.pytorch:pytorch-jni:2.7.1-0.35.1, ai.djl.pytorch:pytorch-native-cpu:2.7.1:linux-x86_64,"
                    + " which ./packhorse does with --path pytorch";

    /** This module has none; those who want them bring them. */
    @Test
    void withoutPyTorchsNativesTheMessageSaysWhichJarsToAdd() {
        var model = ModelFolder.read(TorchFixtures.beside(TorchFixtures.bytes("tiny-bert"), folder));
        assertThat(Paths.unmetByTorch(model, Precision.FLOAT32, CPU))
                .extracting(Condition::toString)
                .containsExactly(WITHOUT_NATIVES);
        Engine.checkChoice(model, PathChoice.PYTORCH, Precision.FLOAT32, CPU);
        assertThatThrownBy(() -> Engine.open(settings(model, PathChoice.PYTORCH, Precision.FLOAT32)))
                .isInstanceOf(EncoderException.class)
                .hasMessage("--path pytorch: expected its conditions to be met, found: " + WITHOUT_NATIVES);
    }

    @Test
    void aModelOfNothingButTorchScriptHasNoOtherPath() {
        var model = ModelFolder.read(TorchFixtures.alone("tiny-bert", folder));
        Engine.checkChoice(model, PathChoice.AUTO, Precision.FLOAT32, CPU);
        assertThat(PrecisionChoice.AUTO.on(model, PathChoice.AUTO, CPU)).isEqualTo(Precision.FLOAT32);
        var weights = "weights: expected a safetensors or ONNX file, found only torchscript/model.pt";
        assertThat(Paths.unmetByFast(model, Precision.FLOAT32, CPU).get(0)).hasToString(weights);
        assertThatThrownBy(() -> Engine.checkChoice(model, PathChoice.AUTO, Precision.INT8, CPU))
                .isInstanceOf(ModelException.class)
                .hasMessage("--path auto --precision int8: expected a model for the fast path, found tiny-bert: "
                        + weights
                        + "; and not for the slow one, for onnx: expected an ONNX file, found none in tiny-bert;"
                        + " precision: expected float32, in which ONNX Runtime computes here, found int8;"
                        + " and not for PyTorch's, for precision: expected float32, in which PyTorch computes here,"
                        + " found int8");
        assertThatThrownBy(() -> Engine.open(settings(model, PathChoice.AUTO, Precision.FLOAT32)))
                .isInstanceOf(EncoderException.class)
                .hasMessageStartingWith(
                        "tiny-bert: expected a path for --precision float32, found neither the fast one (" + weights)
                .hasMessageEndingWith(") nor the slow one, nor PyTorch's (" + WITHOUT_NATIVES + ")");
    }

    @Test
    void pyTorchsPathWantsATorchScriptFile() {
        assertThatThrownBy(() -> Engine.checkChoice(TINY, PathChoice.PYTORCH, Precision.BFLOAT16, CPU))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "--path pytorch: expected its conditions to be met, found: torchscript: expected a .pt file,"
                                + " found none in tiny-bert; precision: expected float32, in which PyTorch computes here,"
                                + " found bfloat16");
        assertThat(PrecisionChoice.AUTO.on(TINY, PathChoice.PYTORCH, CPU)).isEqualTo(Precision.FLOAT32);
    }
}
