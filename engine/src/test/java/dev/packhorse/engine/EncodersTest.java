package dev.packhorse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.families.Architecture;
import dev.packhorse.engine.families.Architecture.Condition;
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

    private static final Model TINY = ModelFolder.read(Fixtures.tinyBert());

    private static EngineSettings settings(Model model, EncoderChoice encoder, Precision precision) {
        return new EngineSettings(model, precision, encoder, 256, 1);
    }

    private static String chosen(Model model, EncoderChoice encoder) {
        try (var engine = Engine.open(settings(model, encoder, Precision.FLOAT32))) {
            return engine.info().name() + ": " + engine.info().reason();
        }
    }

    private static Model of(Architecture architecture, List<dev.packhorse.engine.model.ModelFile> safetensors) {
        return Changed.weights(TINY, architecture, safetensors);
    }

    @Test
    void aKnownFamilyIsEncodedNested() {
        NestedMachine.assume();
        assertThat(chosen(TINY, EncoderChoice.AUTO)).isEqualTo("onednn-nested: a family we know, on a CPU");
    }

    @Test
    void theOnnxFileIsTakenAsItIsWhereThatWasAskedFor() {
        assertThat(chosen(TINY, EncoderChoice.PADDED)).isEqualTo("onnxruntime-padded: asked for");
    }

    @Test
    void anotherFamilyTakesThePaddedPathAndSaysWhy() {
        var model = of(new Architecture.Opaque(List.of(new Condition("model_type", "one we know", "t5"))), List.of());
        assertThat(chosen(model, EncoderChoice.AUTO))
                .isEqualTo("onnxruntime-padded: model_type: expected one we know, found t5");
        assertThatThrownBy(() -> Engine.open(settings(model, EncoderChoice.NESTED, Precision.FLOAT32)))
                .isInstanceOf(EncoderException.class)
                .hasMessage("--encoder nested: expected a model and a machine that it can run on, found:"
                        + " model_type: expected one we know, found t5");
        assertThatThrownBy(() -> Engine.open(settings(model, EncoderChoice.AUTO, Precision.INT8)))
                .isInstanceOf(EncoderException.class)
                .hasMessage("--precision int8: expected the nested encoder, for the padded one computes in float32,"
                        + " found: model_type: expected one we know, found t5");
    }

    /** The fixture's graph calls its embeddings otherwise than torch's exporter does. */
    @Test
    void aGraphWhoseWeightsHaveOtherNamesTakesThePaddedPathAndSaysWhich() {
        NestedMachine.assume();
        assertThat(chosen(of(TINY.architecture(), List.of()), EncoderChoice.AUTO))
                .startsWith("onnxruntime-padded: " + TINY.onnx().get(0).location()
                        + ": expected one tensor embeddings.word_embeddings.weight, found none among ");
    }

    @Test
    void aModelWithoutAGraphCannotBePadded() throws IOException {
        var copy = Fixtures.copyTinyBert(folder);
        Files.delete(copy.resolve("onnx/model.onnx"));
        var model = ModelFolder.read(copy);
        assertThatThrownBy(() -> Engine.checkChoice(model, EncoderChoice.PADDED, Precision.FLOAT32))
                .isInstanceOf(ModelException.class)
                .hasMessage("--encoder padded: expected a model with an ONNX file, found none in tiny-bert");
        assertThatThrownBy(() -> Engine.open(settings(model, EncoderChoice.PADDED, Precision.FLOAT32)))
                .isInstanceOf(EncoderException.class)
                .hasMessage(
                        "tiny-bert: expected an ONNX file for the padded encoder, found none; without one: asked for");
    }

    /** Weights that are there and broken are a mistake, not a reason for the slow path. */
    @Test
    void brokenWeightsStop() throws IOException {
        NestedMachine.assume();
        var copy = Fixtures.copyTinyBert(folder);
        Files.writeString(copy.resolve("model.safetensors"), "no weights at all");
        var model = ModelFolder.read(copy);
        assertThatThrownBy(() -> Engine.open(settings(model, EncoderChoice.AUTO, Precision.FLOAT32)))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(copy.resolve("model.safetensors") + ": expected a safetensors header")
                .hasNoCause(); // a job shows the root cause, which must name the file
    }

    @Test
    void whatNoMachineCanDoIsFoundBeforeAnythingIsLoaded() {
        var opaque = of(new Architecture.Opaque(List.of(new Condition("model_type", "one we know", "t5"))), List.of());
        Engine.checkChoice(opaque, EncoderChoice.AUTO, Precision.FLOAT32);
        Engine.checkChoice(TINY, EncoderChoice.NESTED, Precision.INT8);
        assertThatThrownBy(() -> Engine.checkChoice(opaque, EncoderChoice.AUTO, Precision.BFLOAT16))
                .isInstanceOf(ModelException.class)
                .hasMessage("--encoder auto --precision bfloat16: expected a model that the nested encoder knows, found"
                        + " tiny-bert: model_type: expected one we know, found t5");
        assertThatThrownBy(() -> Engine.checkChoice(TINY, EncoderChoice.PADDED, Precision.INT8))
                .isInstanceOf(ModelException.class)
                .hasMessage("--precision int8: expected --encoder auto or nested, for the padded one computes in"
                        + " float32, found padded");
    }

    @Test
    void autoIsNeverLessThanFloat32() {
        assertThat(PrecisionChoice.AUTO.on(TINY, EncoderChoice.PADDED)).isEqualTo(Precision.FLOAT32);
        assertThat(PrecisionChoice.AUTO.on(of(new Architecture.Opaque(List.of()), List.of()), EncoderChoice.AUTO))
                .isEqualTo(Precision.FLOAT32);
        assertThat(PrecisionChoice.AUTO.on(TINY, EncoderChoice.AUTO)).isIn(Precision.FLOAT32, Precision.BFLOAT16);
        assertThat(PrecisionChoice.INT8.on(TINY, EncoderChoice.AUTO)).isEqualTo(Precision.INT8);
    }
}
