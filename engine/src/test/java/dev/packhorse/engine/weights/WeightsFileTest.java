package dev.packhorse.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsFileTest {

    /** How many floats are read at a time, and a few, so that the last are alone. */
    private static final int LARGE = (1 << 20) + 6;

    @TempDir
    Path folder;

    @Test
    void aTensorIsFoundBehindThePrefixOfTheClassThatWasSaved() throws IOException {
        try (var weights = ofOneEach("bert.embeddings.weight", "bert.more_embeddings.weight")) {
            assertThat(weights.read("embeddings.weight", 1)).containsExactly(0);
            assertThat(weights.read("bert.embeddings.weight", 1)).containsExactly(0);
            assertThat(weights.read("more_embeddings.weight", 1)).containsExactly(1);
            assertThat(weights.names()).containsExactly("bert.embeddings.weight", "bert.more_embeddings.weight");
        }
    }

    @Test
    void aNameThatTwoTensorsAnswerToIsRefused() throws IOException {
        try (var weights = ofOneEach("a.embeddings.weight", "b.embeddings.weight", "c.other.weight")) {
            assertThatThrownBy(() -> weights.read("embeddings.weight", 1))
                    .isInstanceOf(ModelException.class)
                    .hasMessage("some weights: expected one tensor embeddings.weight,"
                            + " found [a.embeddings.weight, b.embeddings.weight]");
        }
    }

    @Test
    void ofManyNamesAMessageHasTheFirst() throws IOException {
        var names = new String[9];
        Arrays.setAll(names, i -> i + ".weight");
        try (var weights = ofOneEach(names)) {
            assertThatThrownBy(() -> weights.has("weight"))
                    .isInstanceOf(ModelException.class)
                    .hasMessage(
                            "some weights: expected one tensor weight, found [0.weight, 1.weight, 2.weight, 3.weight,"
                                    + " 4.weight, 5.weight, 6.weight, 7.weight] and more");
        }
    }

    @Test
    void aMissingTensorIsNamed() throws IOException {
        try (var weights = ofOneEach("embeddings.weight", "norm.weight")) {
            // the end of a name that does not begin where a part of it does is no match
            for (var name : List.of("no.such.tensor", "beddings.weight", "")) {
                assertThatThrownBy(() -> weights.require(name, 1))
                        .isInstanceOf(ModelException.class)
                        .hasMessage("some weights: expected one tensor " + name + ", found none among 2");
            }
        }
    }

    @Test
    void aTensorOfAnotherShapeIsRefused() throws IOException {
        var header = "{\"a\": {\"dtype\": \"F32\", \"shape\": [2, 3], \"data_offsets\": [0, 24]}}";
        try (var weights = safetensors(header, new byte[24])) {
            weights.require("a", 2, 3);
            for (var shape : List.of(new int[] {3, 2}, new int[] {6}, new int[] {2, 3, 1}, new int[0])) {
                var message = "some weights: expected a of shape " + Arrays.toString(shape) + ", found [2, 3]";
                assertThatThrownBy(() -> weights.require("a", shape))
                        .isInstanceOf(ModelException.class)
                        .hasMessage(message);
                assertThatThrownBy(() -> weights.read("a", shape))
                        .isInstanceOf(ModelException.class)
                        .hasMessage(message);
            }
        }
    }

    @Test
    void theShapeOfAWeightThatIsTurnedRoundIsThatOfTheModelsCode() throws IOException {
        try (var weights = ofOneProduct(2, 3, 1, 2, 3, 4, 5, 6)) {
            weights.require("up.weight", 3, 2);
            assertThatThrownBy(() -> weights.require("up.weight", 2, 3))
                    .isInstanceOf(ModelException.class)
                    .hasMessage("some graph: expected up.weight of shape [2, 3], found [3, 2]");
        }
    }

    @Test
    void aBufferIsFilledFromItsPositionOn() throws IOException {
        var header = "{\"a\": {\"dtype\": \"F32\", \"shape\": [2, 2], \"data_offsets\": [0, 16]}}";
        try (var weights = safetensors(header, SafetensorsBytes.floats(1, 2, 3, 4));
                var graph = ofOneProduct(2, 2, 5, 6, 7, 8)) {
            var into = FloatBuffer.allocate(10).position(1);
            weights.read("a", into, 2, 2);
            assertThat(into.position()).isEqualTo(5);
            graph.read("up.weight", into, 2, 2);
            assertThat(into.position()).isEqualTo(9);
            assertThat(into.array()).containsExactly(0, 1, 2, 3, 4, 5, 7, 6, 8, 0);

            assertThatThrownBy(() -> weights.read("a", into, 2, 2))
                    .isInstanceOf(BufferOverflowException.class)
                    .hasMessage(null);
        }
    }

    @Test
    void aTensorLargerThanWhatIsReadAtATimeIsReadWhole() throws IOException {
        var values = counting();
        var offset = LARGE * Float.BYTES;
        var header = """
                {"full": {"dtype": "F32", "shape": [%d], "data_offsets": [0, %d]},
                 "brain": {"dtype": "BF16", "shape": [%d], "data_offsets": [%d, %d]}}
                """.formatted(LARGE, offset, LARGE, offset, offset + LARGE * Short.BYTES);
        var bits = new int[LARGE];
        for (var i = 0; i < LARGE; i++) {
            bits[i] = i % 30_011; // a prime: what is read from a wrong place has other bits
        }
        var data = new Protobuf()
                .raw(SafetensorsBytes.floats(values))
                .raw(SafetensorsBytes.shorts(bits))
                .toBytes();
        try (var weights = safetensors(header, data)) {
            assertThat(weights.read("full", LARGE)).isEqualTo(values);
            var brain = weights.read("brain", LARGE);
            for (var i = 0; i < LARGE; i++) {
                bits[i] -= Float.floatToRawIntBits(brain[i]) >> Short.SIZE;
            }
            assertThat(bits).containsOnly(0);
        }
    }

    @Test
    void aWeightLargerThanWhatIsReadAtATimeIsTurnedRoundWhole() throws IOException {
        try (var weights = ofOneProduct(2, LARGE / 2, counting())) {
            var read = weights.read("up.weight", LARGE / 2, 2);
            var expected = new float[LARGE];
            for (var i = 0; i < LARGE; i++) {
                expected[i] = i / 2 + i % 2 * (LARGE / 2);
            }
            assertThat(read).isEqualTo(expected);
        }
    }

    /** 0, 1, 2 ...: floats count up to 2^24. */
    private static float[] counting() {
        var values = new float[LARGE];
        for (var i = 0; i < LARGE; i++) {
            values[i] = i;
        }
        return values;
    }

    @Test
    void aFileThatGrowsShorterWhileItIsOpenIsNoticed() throws IOException {
        var header = "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 8]}}";
        try (var weights = safetensors(header, new byte[8])) {
            var size = Files.size(folder.resolve("model.safetensors"));
            try (var channel = FileChannel.open(folder.resolve("model.safetensors"), StandardOpenOption.WRITE)) {
                channel.truncate(size - 3);
            }
            assertThatThrownBy(() -> weights.read("a", 2))
                    .isInstanceOf(ModelException.class)
                    .hasMessage("some weights: expected 3 more bytes of weights at " + (size - 3)
                            + ", found the end of the file");
        }
    }

    @Test
    void aClosedFileSaysSo() throws IOException {
        var weights = ofOneEach("a");
        weights.close();
        weights.close();
        assertThatThrownBy(() -> weights.read("a", 1))
                .isInstanceOf(ModelException.class)
                .hasMessage("some weights: expected a readable file, found: java.nio.channels.ClosedChannelException");
    }

    @Test
    void aMissingFileIsNamed() {
        var missing = folder.resolve("no-such-file");
        assertThatThrownBy(() -> WeightsFile.safetensors("some weights", missing))
                .isInstanceOf(ModelException.class)
                .hasMessage("some weights: expected a file of weights, found: " + missing);
        assertThatThrownBy(() -> WeightsFile.onnx("some graph", missing))
                .isInstanceOf(ModelException.class)
                .hasMessage("some graph: expected a file of weights, found: " + missing);
    }

    @Test
    void theFixturesTwoFilesHoldTheSameTensors() {
        var folder = Fixtures.tinyBert();
        try (var safetensors = WeightsFile.safetensors("weights", folder.resolve("model.safetensors"));
                var onnx = WeightsFile.onnx("graph", folder.resolve("onnx/model.onnx"))) {
            assertThat(safetensors.name()).isEqualTo("weights");
            var both = new ArrayList<>(safetensors.names());
            both.retainAll(onnx.names());
            // two layers of sixteen tensors each, and the norm of the embeddings
            assertThat(both).hasSize(2 * 16 + 2);
            for (var name : both) {
                var shape = shape(name);
                assertThat(onnx.read(name, shape)).as(name).isEqualTo(safetensors.read(name, shape));
            }
        }
    }

    /** tiny-bert's own: H is 32, F is 64. */
    private static int[] shape(String name) {
        if (name.endsWith("intermediate.dense.bias")) {
            return new int[] {64};
        } else if (name.endsWith(".bias") || name.endsWith("LayerNorm.weight")) {
            return new int[] {32};
        } else if (name.endsWith("intermediate.dense.weight")) {
            return new int[] {64, 32};
        }
        return name.contains("attention") ? new int[] {32, 32} : new int[] {32, 64};
    }

    /** Tensors of one number each: which one it is, counted from 0. */
    private WeightsFile ofOneEach(String... names) throws IOException {
        var entries = new ArrayList<String>();
        var values = new float[names.length];
        for (var i = 0; i < names.length; i++) {
            entries.add("\"%s\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [%d, %d]}"
                    .formatted(names[i], 4 * i, 4 * i + 4));
            values[i] = i;
        }
        return safetensors("{" + String.join(", ", entries) + "}", SafetensorsBytes.floats(values));
    }

    private WeightsFile safetensors(String header, byte[] data) throws IOException {
        var bytes = SafetensorsBytes.file(header, data);
        return WeightsFile.safetensors("some weights", Files.write(folder.resolve("model.safetensors"), bytes));
    }

    /** A graph of a product with up.weight, stored [in, out], and its bias. */
    private WeightsFile ofOneProduct(int in, int out, float... values) throws IOException {
        var graph = new Protobuf()
                .message(1, OnnxBytes.node("MatMul", "x", "w", "product"))
                .message(1, OnnxBytes.node("Add", "up.bias", "product", "y"))
                .message(5, OnnxBytes.initializer("w", new int[] {in, out}, values));
        return WeightsFile.onnx("some graph", Files.write(folder.resolve("model.onnx"), OnnxBytes.file(graph)));
    }
}
