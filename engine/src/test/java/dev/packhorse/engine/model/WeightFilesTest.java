package dev.packhorse.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightFilesTest extends TinyFolder {

    private static final String INDEX = "model.safetensors.index.json";

    @Test
    void oneOfTheTwoKindsIsEnough() throws IOException {
        Files.delete(folder.resolve("onnx/model.onnx"));
        assertThat(read().onnx()).isEmpty();
        assertThat(read().safetensors()).hasSize(1);
    }

    @Test
    void noWeightsAtAllAreRefused() throws IOException {
        Files.delete(folder.resolve("onnx/model.onnx"));
        Files.delete(folder.resolve("model.safetensors"));
        assertThatThrownBy(this::read)
                .isInstanceOf(ModelException.class)
                .hasMessage(folder + ": expected model.safetensors, model.safetensors.index.json, onnx/model.onnx"
                        + " or torchscript/model.pt, found none of them");
    }

    @Test
    void aPickleIsRefusedWithTheWayToConvertIt() throws IOException {
        Files.delete(folder.resolve("onnx/model.onnx"));
        Files.delete(folder.resolve("model.safetensors"));
        write("pytorch_model.bin", "");
        assertRefused("model.safetensors")
                .hasMessageContaining("found only pytorch_model.bin, a pickle, which is not read")
                .hasMessageEndingWith("S('" + folder + "').save('NEW')\"");
    }

    @Test
    void anUnknownFamilyWithoutAGraphIsRefusedWithTheWayToExportIt() throws IOException {
        Files.delete(folder.resolve("onnx/model.onnx"));
        change("config.json", "\"model_type\": \"bert\"", "\"model_type\": \"t5\"");
        assertRefused("onnx/model.onnx")
                .hasMessageContaining(
                        "expected it, for no other encoder can run this model (model_type: expected one of")
                .hasMessageEndingWith("found nothing; export the model: optimum-cli export onnx --task"
                        + " feature-extraction --model " + folder + " NEW");
    }

    @Test
    void shardsAreListedByTheirIndex() throws IOException {
        Files.move(folder.resolve("model.safetensors"), folder.resolve("b.safetensors"));
        write("a.safetensors", "");
        write(
                INDEX,
                "{\"weight_map\": {\"x\": \"b.safetensors\", \"y\": \"a.safetensors\", \"z\": \"b.safetensors\"}}");
        assertThat(read().safetensors()).extracting(ModelFile::path).containsExactly("a.safetensors", "b.safetensors");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../b.safetensors", "/b.safetensors", "a/b.safetensors", "b.bin", "..", "a\\\\b.safetensors"})
    void aShardOutsideTheFolderIsRefused(String name) throws IOException {
        Files.delete(folder.resolve("model.safetensors"));
        write(INDEX, "{\"weight_map\": {\"x\": \"%s\"}}".formatted(name));
        assertRefused(INDEX).hasMessageContaining("expected names of .safetensors files beside it, found '");
    }

    @Test
    void anIndexWithoutFilesIsRefused() throws IOException {
        Files.delete(folder.resolve("model.safetensors"));
        write(INDEX, "{}");
        assertRefused(INDEX).hasMessageEndingWith("expected a weight_map from tensors to files, found none");
    }

    @Test
    void aShardThatIsMissingIsNamed() throws IOException {
        Files.delete(folder.resolve("model.safetensors"));
        write(INDEX, "{\"weight_map\": {\"x\": \"b.safetensors\"}}");
        assertRefused("b.safetensors").hasMessageContaining("expected a readable file, found: ");
    }
}
