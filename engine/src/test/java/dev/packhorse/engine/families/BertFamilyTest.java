package dev.packhorse.engine.families;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.families.Architecture.Known;
import dev.packhorse.engine.model.EmbeddedModel;
import dev.packhorse.engine.model.ModelFolder;
import dev.packhorse.engine.transformer.Dense;
import dev.packhorse.engine.transformer.LayerWeights;
import dev.packhorse.engine.transformer.Norm;
import dev.packhorse.engine.transformer.TransformerShape;
import dev.packhorse.engine.weights.WeightsFile;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class BertFamilyTest {

    private static final Path SAFETENSORS = Fixtures.tinyBert().resolve("model.safetensors");
    private static final Known BERT =
            (Known) ModelFolder.read(Fixtures.tinyBert()).architecture();

    @TempDir
    Path folder;

    @Test
    void everyPartIsTheTensorOfThatName() {
        try (var file = WeightsFile.safetensors("weights", SAFETENSORS);
                var weights = Families.weights(BERT, WeightsFile.safetensors("weights", SAFETENSORS))) {
            assertThat(weights.shape()).isEqualTo(TransformerShape.bert(32, 2, 4, 64, 550, 128, 1e-12f));
            var words = FloatBuffer.allocate(550 * 32);
            weights.wordEmbeddings(words);
            assertThat(words.array()).isEqualTo(file.read("embeddings.word_embeddings.weight", 550, 32));
            assertNorm(weights.embeddingNorm(), file, "embeddings.LayerNorm");
            for (var i = 0; i < 2; i++) {
                var layer = weights.layer(i);
                var prefix = "encoder.layer." + i + ".";
                assertDense(layer.attentionOutput(), file, prefix + "attention.output.dense", 32, 32);
                assertNorm(layer.attentionNorm().orElseThrow(), file, prefix + "attention.output.LayerNorm");
                assertDense(layer.up(), file, prefix + "intermediate.dense", 32, 64);
                assertDense(layer.down(), file, prefix + "output.dense", 64, 32);
                assertNorm(layer.feedForwardNorm(), file, prefix + "output.LayerNorm");
                var self = prefix + "attention.self.";
                var expected = LayerWeights.queryKeyValue(
                        dense(file, self + "query"), dense(file, self + "key"), dense(file, self + "value"), 8);
                assertThat(layer.queryKeyValue().weight()).isEqualTo(expected.weight());
                assertThat(layer.queryKeyValue().bias()).isEqualTo(expected.bias());
            }
        }
    }

    private static Dense dense(WeightsFile file, String name) {
        return new Dense(32, 32, file.read(name + ".weight", 32, 32), file.read(name + ".bias", 32));
    }

    private static void assertDense(Dense found, WeightsFile file, String name, int inputs, int outputs) {
        assertThat(found.inputs()).as(name).isEqualTo(inputs);
        assertThat(found.outputs()).as(name).isEqualTo(outputs);
        assertThat(found.weight()).as(name).isEqualTo(file.read(name + ".weight", outputs, inputs));
        assertThat(found.bias()).as(name).isEqualTo(file.read(name + ".bias", outputs));
    }

    private static void assertNorm(Norm found, WeightsFile file, String name) {
        assertThat(found.scale()).as(name).isEqualTo(file.read(name + ".weight", 32));
        assertThat(found.shift()).as(name).isEqualTo(file.read(name + ".bias", 32));
    }

    @Test
    void eachPositionHasTheFirstTokenTypeWithinIt() {
        try (var file = WeightsFile.safetensors("weights", SAFETENSORS);
                var weights = Families.weights(BERT, WeightsFile.safetensors("weights", SAFETENSORS))) {
            var sums = weights.positionEmbeddings();
            var positions = file.read("embeddings.position_embeddings.weight", 128, 32);
            var types = file.read("embeddings.token_type_embeddings.weight", 2, 32);
            assertThat(sums).hasSameSizeAs(positions);
            for (var p = 0; p < 128; p++) {
                for (var h = 0; h < 32; h++) {
                    assertThat(sums[p * 32 + h]).isEqualTo(positions[p * 32 + h] + types[h]);
                }
            }
        }
    }

    static List<String> tensors() {
        try (var file = WeightsFile.safetensors("weights", SAFETENSORS)) {
            return file.names().stream()
                    .filter(name -> !name.startsWith("pooler."))
                    .toList();
        }
    }

    /** At once, and not when the layer is read: whoever opened it may still take another encoder. */
    @ParameterizedTest
    @MethodSource("tensors")
    void aMissingTensorIsNamedAndTheFileClosed(String name) throws IOException {
        // one of the same length in its place keeps all the rest where it is; Latin-1 keeps all bytes as they are
        var bytes = Files.readString(SAFETENSORS, StandardCharsets.ISO_8859_1)
                .replace("\"" + name + "\"", "\"" + "x".repeat(name.length()) + "\"");
        var without = folder.resolve("model.safetensors");
        Files.writeString(without, bytes, StandardCharsets.ISO_8859_1);

        var file = WeightsFile.safetensors("weights", without);
        assertThatThrownBy(() -> Families.weights(BERT, file))
                .isInstanceOf(ModelException.class)
                .hasMessage("weights: expected one tensor " + name + ", found none among 39");
        assertThatThrownBy(() -> file.read("pooler.dense.bias", 32))
                .isInstanceOf(ModelException.class)
                .hasMessage("weights: expected a readable file, found: java.nio.channels.ClosedChannelException");
    }

    @Test
    void aFileOfAnotherModelIsRefused() {
        var wider = new Known("bert", TransformerShape.bert(32, 2, 4, 65, 550, 128, 1e-12f));
        assertThatThrownBy(() -> Families.weights(wider, WeightsFile.safetensors("weights", SAFETENSORS)))
                .isInstanceOf(ModelException.class)
                .hasMessage("weights: expected encoder.layer.0.intermediate.dense.weight of shape [65, 32],"
                        + " found [64, 32]");
        var deeper = new Known("bert", TransformerShape.bert(32, 3, 4, 64, 550, 128, 1e-12f));
        assertThatThrownBy(() -> Families.weights(deeper, WeightsFile.safetensors("weights", SAFETENSORS)))
                .isInstanceOf(ModelException.class)
                .hasMessage("weights: expected one tensor encoder.layer.2.attention.output.LayerNorm.weight,"
                        + " found none among 39");
    }

    @ParameterizedTest
    @EnumSource(EmbeddedModel.class)
    void theGraphsOfTheJarsHaveAllTensors(EmbeddedModel embedded) {
        var model = embedded.model();
        try (var copy = model.graph().orElseThrow().copy();
                var weights =
                        Families.weights((Known) model.architecture(), WeightsFile.onnx(embedded.id(), copy.path()))) {
            var last = weights.layer(weights.shape().layers().size() - 1);
            assertThat(last.down().inputs()).isEqualTo(4 * 384);
        }
    }

    @Test
    void closingItClosesTheFile() {
        var file = WeightsFile.safetensors("weights", SAFETENSORS);
        Families.weights(BERT, file).close();
        assertThatThrownBy(() -> file.read("pooler.dense.bias", 32))
                .isInstanceOf(ModelException.class)
                .hasMessage("weights: expected a readable file, found: java.nio.channels.ClosedChannelException");
    }
}
