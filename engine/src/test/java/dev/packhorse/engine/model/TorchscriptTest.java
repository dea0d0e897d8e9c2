package dev.packhorse.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.PathChoice;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.families.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchscriptTest extends TinyFolder {

    private void withoutOtherWeights() throws IOException {
        Files.delete(folder.resolve("onnx/model.onnx"));
        Files.delete(folder.resolve("model.safetensors"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"torchscript/model.pt", "model.pt", "traced_model.pt"})
    void aFolderWithNothingElseIsAModel(String name) throws IOException {
        withoutOtherWeights();
        write(name, "traced");
        var model = read();
        assertThat(model.traced().orElseThrow().path()).isEqualTo(name);
        assertThat(model.onnx()).isEmpty();
        assertThat(model.safetensors()).isEmpty();
        assertThat(model.isTracedAlone()).isTrue();
        assertThat(model.tracedAlone()).isEqualTo(model);
    }

    @Test
    void theFirstOfThemIsTaken() throws IOException {
        write("traced_model.pt", "third");
        write("model.pt", "second");
        assertThat(read().traced().orElseThrow().path()).isEqualTo("model.pt");
        write("torchscript/model.pt", "first");
        assertThat(read().traced().orElseThrow().path()).isEqualTo("torchscript/model.pt");
        assertThat(read().torchscript()).hasSize(1);
    }

    @Test
    void beforeOtherWeightsItOnlyCountsWhereItIsAskedFor() throws IOException {
        var without = read();
        write("torchscript/model.pt", "traced");
        var model = read();
        assertThat(model.isTracedAlone()).isFalse();
        assertThat(model.safetensors()).hasSize(1);
        assertThat(model.onnx()).hasSize(1);
        assertThat(model.fingerprint(Precision.FLOAT32)).isEqualTo(without.fingerprint(Precision.FLOAT32));
        assertThat(model.revision()).as("all that was read").isNotEqualTo(without.revision());
        assertThat(without.tracedAlone()).as("there is none").isEqualTo(without);
    }

    @ParameterizedTest
    @EnumSource(PathChoice.class)
    void theFingerprintChangesWithItWhereItMakesTheVectors(PathChoice path) throws IOException {
        write("torchscript/model.pt", "traced");
        var before = fingerprint(path);
        write("torchscript/model.pt", "traced anew");
        assertThat(fingerprint(path).equals(before)).isEqualTo(path != PathChoice.PYTORCH);
    }

    private String fingerprint(PathChoice path) {
        return new EngineSettings(read(), Precision.FLOAT32, path, 100, 1).fingerprint();
    }

    @Test
    void otherWeightsCountForNothingWhereItMakesTheVectors() throws IOException {
        write("torchscript/model.pt", "traced");
        var beside = fingerprint(PathChoice.PYTORCH);
        withoutOtherWeights();
        assertThat(fingerprint(PathChoice.PYTORCH)).isEqualTo(beside);
        assertThat(fingerprint(PathChoice.AUTO)).isEqualTo(beside);
        write("torchscript/model.pt", "traced anew");
        assertThat(fingerprint(PathChoice.AUTO)).isNotEqualTo(beside);
    }

    /** Nothing could make vectors of its safetensors. */
    @Test
    void ofAFamilyThatNobodyKnowsItIsAllThatThereIs() throws IOException {
        Files.delete(folder.resolve("onnx/model.onnx"));
        change("config.json", "\"model_type\": \"bert\"", "\"model_type\": \"t5\"");
        assertThatThrownBy(this::read).isInstanceOf(ModelException.class).hasMessageContaining("onnx/model.onnx");
        write("model.pt", "traced");
        var model = read();
        assertThat(model.isTracedAlone()).isTrue();
        assertThat(model.architecture()).isInstanceOf(Architecture.Opaque.class);
    }

    @Test
    void aFileAloneBesideItsTokenizerAndConfigurationIsAModel() throws IOException {
        withoutOtherWeights();
        write("some.pt", "traced");
        var model = Models.find(folder.resolve("some.pt").toString());
        assertThat(model.name()).isEqualTo("tiny-bert/some.pt");
        assertThat(model.isTracedAlone()).isTrue();
        assertThat(model.hiddenSize()).isEqualTo(32);
        assertThat(model.maxSeqLength()).isEqualTo(64);
        assertThat(model.head()).isEqualTo(Head.of(Pooling.MEAN, true));
    }

    /** Nothing in the file says how long its vectors are. */
    @Test
    void aFileAloneWantsAConfiguration() throws IOException {
        write("some.pt", "traced");
        Files.delete(folder.resolve("config.json"));
        assertThatThrownBy(() -> Models.find(folder.resolve("some.pt").toString()))
                .isInstanceOf(ModelException.class)
                .hasMessage(folder.resolve("config.json") + ": expected a positive integer hidden_size, found nothing");
        assertThatThrownBy(() -> Models.find(folder.resolve("none.pt").toString()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("expected ");
    }
}
