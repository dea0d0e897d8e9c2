package dev.packhorse.engine.weights;

import static dev.packhorse.engine.weights.OnnxBytes.dims;
import static dev.packhorse.engine.weights.OnnxBytes.file;
import static dev.packhorse.engine.weights.OnnxBytes.initializer;
import static dev.packhorse.engine.weights.OnnxBytes.node;
import static dev.packhorse.engine.weights.OnnxBytes.packedDims;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxWeightsTest {

    /** Keeps a file from being refused as one without a graph. */
    private static final Protobuf SOME_NODE = node("Mul", "x", "x", "squares");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"up.bias, product", "product, up.bias"})
    void theWeightOfAProductIsNamedByTheBiasAndTurnedRound(String first, String second) throws IOException {
        var graph = new Protobuf()
                .message(1, node("MatMul", "x", "onnx::MatMul_787", "product"))
                .message(1, node("Add", first, second, "y"))
                .message(5, initializer("onnx::MatMul_787", new int[] {2, 3}, 1, 2, 3, 4, 5, 6))
                .message(5, initializer("up.bias", new int[] {3}, 7, 8, 9));
        try (var weights = open(file(graph))) {
            assertThat(weights.names()).containsExactly("up.bias", "up.weight");
            assertThat(weights.read("up.weight", 3, 2)).containsExactly(1, 4, 2, 5, 3, 6);
            assertThat(weights.read("up.bias", 3)).containsExactly(7, 8, 9);
        }
    }

    @Test
    void initializersMayStandBeforeTheNodesAndNodesInAnyOrder() throws IOException {
        var graph = new Protobuf()
                .message(5, initializer("up.bias", new int[] {1}, 7))
                .message(5, initializer("w", new int[] {2, 1}, 1, 2))
                .message(1, node("Add", "up.bias", "product", "y"))
                .message(1, node("MatMul", "x", "w", "product"));
        try (var weights = open(file(graph))) {
            assertThat(weights.read("up.weight", 1, 2)).containsExactly(1, 2);
        }
    }

    @Test
    void anExportersOwnNamesOfWeightsAreReplacedNotDoubled() throws IOException {
        var graph = new Protobuf()
                .message(1, node("MatMul", "x", "up.weight", "product"))
                .message(1, node("Add", "product", "up.bias", "y"))
                .message(5, initializer("up.weight", new int[] {2, 2}, 1, 2, 3, 4))
                .message(5, initializer("up.bias", new int[] {2}, 5, 6));
        try (var weights = open(file(graph))) {
            assertThat(weights.names()).containsExactly("up.bias", "up.weight");
            assertThat(weights.read("up.weight", 2, 2)).containsExactly(1, 3, 2, 4);
        }
    }

    @Test
    void additionsOfOtherThingsNameNothing() throws IOException {
        var graph = new Protobuf()
                .message(1, node("MatMul", "x", "w", "product"))
                .message(1, node("Add", "product", "x", "residual")) // no bias
                .message(1, node("Mul", "product", "other.bias", "scaled")) // no addition
                .message(1, node("Mul", "x", "w", "weighted"))
                .message(1, node("Add", "weighted", "third.bias", "shifted")) // no product of matrices
                .message(1, node("Add", "x", "fourth.bias", "moved")) // the graph's input, which no node makes
                .message(5, initializer("w", new int[] {1, 2}, 1, 2));
        try (var weights = open(file(graph))) {
            assertThat(weights.names()).containsExactly("w");
            assertThat(weights.read("w", 2, 1))
                    .containsExactly(1, 2); // [1, 2] as stored: a Linear's, the other way round
        }
    }

    @Test
    void aProductOfTwoComputedThingsHasNoWeight() throws IOException {
        var graph = new Protobuf()
                .message(1, node("MatMul", "x", "y", "product"))
                .message(1, node("Add", "product", "up.bias", "z"))
                .message(5, initializer("up.bias", new int[] {1}, 7));
        try (var weights = open(file(graph))) {
            assertThat(weights.names()).containsExactly("up.bias");
        }
    }

    @Test
    void allWaysToWriteATensorOfFloatsAreRead() throws IOException {
        var values = SafetensorsBytes.floats(1, 2, 3, 4, 5, 6);
        var graph = new Protobuf()
                .message(1, SOME_NODE)
                .message(5, dims(2, 3).number(2, 1).bytes(9, values).text(8, "raw"))
                .message(5, packedDims(2, 3).number(2, 1).bytes(9, values).text(8, "packed dims"))
                .message(5, dims(2, 3).number(2, 1).bytes(4, values).text(8, "float data"))
                .message(
                        5,
                        new Protobuf()
                                .text(8, "last dims")
                                .bytes(9, values)
                                .number(2, 1)
                                .number(1, 2)
                                .number(1, 3))
                .message(5, initializer("scalar", new int[0], 7));
        try (var weights = open(file(graph))) {
            for (var name : new String[] {"raw", "packed dims", "float data", "last dims"}) {
                assertThat(weights.read(name, 2, 3)).as(name).containsExactly(1, 2, 3, 4, 5, 6);
            }
            assertThat(weights.read("scalar")).containsExactly(7);
        }
    }

    @Test
    void integersAreNoWeights() throws IOException {
        var graph = new Protobuf()
                .message(1, SOME_NODE)
                .message(5, dims(1).number(2, 7).text(8, "int64").bytes(9, new byte[8]));
        try (var weights = open(file(graph))) {
            assertThat(weights.names()).isEmpty();
        }
    }

    @Test
    void dataOfAnotherSizeThanTheShapesIsRefused() {
        for (var count : new int[] {0, 1, 5, 7}) {
            var graph = new Protobuf()
                    .message(1, SOME_NODE)
                    .message(5, initializer("a.weight", new int[] {2, 3}, new float[count]));
            assertRefused(file(graph), "expected 24 bytes of a.weight, found " + 4 * count);
        }
    }

    @Test
    void floatDataThatIsNotPackedIsRefused() {
        var graph = new Protobuf()
                .message(1, SOME_NODE)
                .message(5, dims(1).number(2, 1).fixed32(4, SafetensorsBytes.floats(1)));
        assertRefused(file(graph), "expected wire type 2 of protobuf field 4, found 5");
    }

    @Test
    void halvesAreReadAsBytesAndAsPackedNumbers() throws IOException {
        var bits = new Protobuf().varint(0x3c00).varint(0xb800).varint(0);
        var graph = new Protobuf()
                .message(1, SOME_NODE)
                .message(
                        5, dims(3).number(2, 10).text(8, "raw 16").bytes(9, SafetensorsBytes.shorts(0x3c00, 0xb800, 0)))
                .message(5, dims(3).number(2, 10).text(8, "packed 16").message(5, bits))
                .message(5, dims(1).number(2, 16).text(8, "raw b16").bytes(9, SafetensorsBytes.shorts(0xbf00)))
                .message(5, dims(1).number(2, 16).text(8, "packed b16").message(5, new Protobuf().varint(0xbf00)));
        try (var weights = open(file(graph))) {
            assertThat(weights.read("raw 16", 3)).containsExactly(1, -0.5f, 0);
            assertThat(weights.read("packed 16", 3)).containsExactly(1, -0.5f, 0);
            assertThat(weights.read("raw b16", 1)).containsExactly(-0.5f);
            assertThat(weights.read("packed b16", 1)).containsExactly(-0.5f);
        }
    }

    @Test
    void packedNumbersOfAnotherCountThanTheShapesAreRefused() throws IOException {
        var graph = new Protobuf()
                .message(1, SOME_NODE)
                .message(5, dims(2).number(2, 10).text(8, "few").message(5, new Protobuf().varint(0x3c00)))
                .message(
                        5,
                        dims(2).number(2, 10)
                                .text(8, "many")
                                .message(5, new Protobuf().varint(1).varint(2).varint(3)));
        try (var weights = open(file(graph))) {
            assertThatThrownBy(() -> weights.read("few", 2))
                    .isInstanceOf(ModelException.class)
                    .hasMessageMatching("some graph: expected 2 numbers at byte \\d+, found 1");
            assertThatThrownBy(() -> weights.read("many", 2))
                    .isInstanceOf(ModelException.class)
                    .hasMessageMatching("some graph: expected 2 numbers at byte \\d+, found more");
        }
        var far = new Protobuf()
                .message(1, SOME_NODE)
                .message(5, dims(1).number(2, 10).text(8, "w").message(5, new Protobuf().raw(new byte[4])));
        assertRefused(file(far), "expected 2 bytes of w, found 4");
        var floats = new Protobuf()
                .message(1, SOME_NODE)
                .message(5, dims(1).number(2, 1).text(8, "w").message(5, new Protobuf().varint(1)));
        assertRefused(file(floats), "expected float_data or raw_data of w, found int32_data");
    }

    @Test
    void shapesThatCannotBeAreRefused() {
        assertShapeRefused(dims(-1), "expected a shape of w whose numbers can be counted, found [-1]");
        assertShapeRefused(dims(-1, -4), "expected a shape of w whose numbers can be counted, found [-1, -4]");
        assertShapeRefused(
                new Protobuf().number(1, 1L << 32).number(1, 1L << 32),
                "expected a shape of w whose numbers can be counted, found [4294967296, 4294967296]");
        assertShapeRefused(
                new Protobuf().number(1, 1L << 61),
                "expected a shape of w whose numbers can be counted, found [2305843009213693952]");
        assertShapeRefused(dims(new int[65]), "expected at most 64 dimensions, found more");
        assertShapeRefused(packedDims(new int[5000]), "expected at most 64 numbers in protobuf field 1, found more");
    }

    private void assertShapeRefused(Protobuf tensor, String how) {
        assertRefused(
                file(new Protobuf()
                        .message(1, SOME_NODE)
                        .message(5, tensor.number(2, 1).text(8, "w"))),
                how);
    }

    @Test
    void anInitializerThatIsThereTwiceIsRefused() {
        var graph = new Protobuf()
                .message(1, SOME_NODE)
                .message(5, initializer("w", new int[] {1}, 1))
                .message(5, initializer("w", new int[] {1}, 1));
        assertRefused(file(graph), "expected one initializer w, found two");
    }

    @Test
    void namesLongerThanAnyAreRefused() {
        var graph = new Protobuf().message(1, SOME_NODE).message(5, initializer("w".repeat(65_537), new int[] {1}, 1));
        assertThatThrownBy(() -> open(file(graph)))
                .isInstanceOf(ModelException.class)
                .hasMessageMatching(
                        "some graph: expected a name of at most 65536 bytes at byte \\d+, found one of 65537");
    }

    @Test
    void moreTensorsOrNodesThanAnyModelHasAreRefused() {
        var nodes = new Protobuf();
        var add = new Protobuf().text(4, "Add");
        for (var i = 0; i < 200_000; i++) {
            nodes.message(1, add);
        }
        assertRefused(file(nodes), "expected names and shapes of at most 50331648 bytes, found more");
        var tensors = new Protobuf();
        for (var i = 0; i < 200_000; i++) {
            tensors.message(5, new Protobuf().number(2, 1).text(8, "w" + i));
        }
        assertRefused(file(tensors), "expected names and shapes of at most 50331648 bytes, found more");
    }

    @Test
    void aTextFileIsRefused() {
        assertRefused(
                "this is no graph".getBytes(StandardCharsets.UTF_8),
                "expected a protobuf field at byte 0, found wire type 4");
    }

    @Test
    void aFileWithoutAGraphIsRefused() {
        assertRefused(new byte[0], "expected an ONNX graph, found no node");
        assertRefused(file(new Protobuf()), "expected an ONNX graph, found no node");
    }

    @Test
    void aGraphThatIsANumberIsRefused() {
        assertRefused(new Protobuf().number(7, 1).toBytes(), "expected wire type 2 of protobuf field 7, found 0");
    }

    @Test
    void aFileThatWasCutOffWithinItsGraphIsRefusedWherever() {
        var graph = new Protobuf().message(1, SOME_NODE).message(5, initializer("a", new int[] {2}, 1, 2));
        var whole = new Protobuf().number(1, 8).message(7, graph).toBytes();
        assertRefused(Arrays.copyOf(whole, 3), "expected a file of weights, found: the file ends within a message");
        for (var length = 4; length < whole.length; length++) {
            assertRefused(
                    Arrays.copyOf(whole, length),
                    "expected a protobuf field that ends within its message at byte 2, found field 7");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1000})
    void aGraphOfManyNodesAndLargeTensorsIsReadToItsEnd(int layers) throws IOException {
        var graph = new Protobuf();
        for (var i = 0; i < layers; i++) {
            graph.message(1, node("MatMul", "x" + i, "w" + i, "p" + i))
                    .message(1, node("Add", i + ".bias", "p" + i, "x" + (i + 1)))
                    .message(5, initializer("w" + i, new int[] {3, 2}, i, 1, 2, 3, 4, 5));
        }
        try (var weights = open(file(graph))) {
            assertThat(weights.names()).hasSize(layers);
            for (var i = 0; i < layers; i++) {
                assertThat(weights.read(i + ".weight", 2, 3)).containsExactly(i, 2, 4, 1, 3, 5);
            }
        }
    }

    private void assertRefused(byte[] bytes, String how) {
        assertThatThrownBy(() -> open(bytes)).isInstanceOf(ModelException.class).hasMessage("some graph: " + how);
    }

    private WeightsFile open(byte[] bytes) throws IOException {
        return WeightsFile.onnx("some graph", Files.write(folder.resolve("model.onnx"), bytes));
    }
}
