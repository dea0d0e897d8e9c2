package dev.packhorse.engine.weights;

import static dev.packhorse.engine.weights.OnnxBytes.dims;
import static dev.packhorse.engine.weights.OnnxBytes.file;
import static dev.packhorse.engine.weights.OnnxBytes.inScope;
import static dev.packhorse.engine.weights.OnnxBytes.initializer;
import static dev.packhorse.engine.weights.OnnxBytes.node;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What exporters make of parameters' names; each graph has a part of one that torch 2.13 wrote. */
class OnnxNamesTest {

    @TempDir
    Path folder;

    @Test
    void aProductWithoutBiasIsNamedByItsNodesName() throws IOException {
        var graph = new Protobuf()
                .message(1, named("/layers.0/attn/Wqkv/MatMul", node("MatMul", "x", "onnx::MatMul_7", "y")))
                .message(5, initializer("onnx::MatMul_7", new int[] {2, 1}, 1, 2));
        try (var weights = open(graph)) {
            assertThat(weights.names()).containsExactly("layers.0.attn.Wqkv.weight");
            assertThat(weights.read("layers.0.attn.Wqkv.weight", 1, 2)).containsExactly(1, 2);
        }
    }

    @Test
    void aProductIsNamedByTheScopeAmongItsMetadata() throws IOException {
        var graph = new Protobuf()
                .message(1, inScope("layers.0.mlp.Wi", node("MatMul", "x", "val_60", "y")))
                .message(5, initializer("val_60", new int[] {2, 1}, 1, 2));
        try (var weights = open(graph)) {
            assertThat(weights.names()).containsExactly("layers.0.mlp.Wi.weight");
        }
    }

    /** No module, no list, none of them: the tensor keeps the name that it has. */
    @ParameterizedTest
    @ValueSource(strings = {"MatMul_3", "/MatMul", "layer/MatMul", "", "/"})
    void aNodeOfNoModuleNamesNothing(String name) throws IOException {
        var scopes = new Protobuf().text(1, "pkg.torch.onnx.name_scopes").text(2, "['', 'matmul']");
        var graph = new Protobuf()
                .message(1, named(name, node("MatMul", "x", "val_60", "y")).message(9, scopes))
                .message(5, initializer("val_60", new int[] {2, 1}, 1, 2));
        try (var weights = open(graph)) {
            assertThat(weights.names()).containsExactly("val_60");
            assertThat(weights.read("val_60", 1, 2)).containsExactly(1, 2);
        }
    }

    /** Equal parameters are merged: the norms that training left alone, and the biases that are zero. */
    @Test
    void aMergedParameterHasTheNamesOfAllPlacesThatItStandsIn() throws IOException {
        var graph = new Protobuf()
                .message(1, inScope("norm", norm("x", "norm.weight", "norm.bias", "1")))
                .message(1, inScope("a.norm", norm("1", "norm.weight", "norm.bias", "2")))
                .message(1, inScope("a.up", node("MatMul", "2", "val_1", "3")))
                .message(1, inScope("a.up", node("Add", "3", "norm.bias", "4")))
                .message(5, initializer("norm.weight", new int[] {1}, 1))
                .message(5, initializer("norm.bias", new int[] {1}, 0))
                .message(5, initializer("val_1", new int[] {1, 1}, 5));
        try (var weights = open(graph)) {
            assertThat(weights.names())
                    .containsExactly(
                            "a.norm.bias", "a.norm.weight", "a.up.bias", "a.up.weight", "norm.bias", "norm.weight");
            assertThat(weights.read("a.norm.weight", 1)).containsExactly(1);
            assertThat(weights.read("a.up.bias", 1)).containsExactly(0);
            assertThat(weights.read("a.up.weight", 1, 1)).containsExactly(5);
        }
    }

    /** As the older exporter writes merged parameters. */
    @Test
    void aCopyOfAParameterIsOne() throws IOException {
        var graph = new Protobuf()
                .message(1, node("Identity", "m.a.norm.weight", "", "m.b.norm.weight"))
                .message(1, node("Identity", "m.b.norm.weight", "", "m.c.norm.weight"))
                .message(1, node("Identity", "m.a.norm.weight", "", "onnx::Add_3"))
                .message(5, initializer("m.a.norm.weight", new int[] {1}, 1));
        try (var weights = open(graph)) {
            assertThat(weights.names()).containsExactly("m.a.norm.weight", "m.b.norm.weight", "m.c.norm.weight");
        }
    }

    /** The same matrix, once as a table and once as a Linear's weight. */
    @Test
    void aTableAndAProductOfOneMatrixAreEachTheirOwnWayRound() throws IOException {
        var graph = new Protobuf()
                .message(1, inScope("words", node("Gather", "table", "ids", "1")))
                .message(1, inScope("head", node("MatMul", "1", "table", "2")))
                .message(5, initializer("table", new int[] {2, 3}, 1, 2, 3, 4, 5, 6));
        try (var weights = open(graph)) {
            assertThat(weights.read("words.weight", 2, 3)).containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(weights.read("head.weight", 3, 2)).containsExactly(1, 4, 2, 5, 3, 6);
        }
    }

    @Test
    void aTranspositionThatWasNotFoldedIsSeen() throws IOException {
        var graph = new Protobuf()
                .message(1, permuted(node("Transpose", "up.weight", "", "t"), 1, 0))
                .message(1, inScope("up", node("MatMul", "x", "t", "y")))
                .message(5, initializer("up.weight", new int[] {1, 2}, 1, 2));
        try (var weights = open(graph)) {
            assertThat(weights.names()).containsExactly("up.weight");
            assertThat(weights.read("up.weight", 1, 2)).containsExactly(1, 2);
        }
    }

    @Test
    void aTranspositionOfMoreThanTwoDimensionsNamesNothing() throws IOException {
        var graph = new Protobuf()
                .message(1, node("Transpose", "cube", "", "t"))
                .message(1, node("Identity", "t", "", "a.cube"))
                .message(5, initializer("cube", new int[] {1, 1, 2}, 1, 2));
        try (var weights = open(graph)) {
            assertThat(weights.names()).containsExactly("cube");
        }
    }

    @Test
    void aGemmHasItsWeightEitherWayRoundAndItsBias() throws IOException {
        var graph = new Protobuf()
                .message(1, inScope("a", gemm("w", "b", "1")).message(5, number("transB", 1)))
                .message(1, inScope("c", gemm("v", "", "2")).message(5, factor("alpha", 1)))
                .message(1, inScope("d", gemm("u", "", "3")).message(5, factor("alpha", 0.5f)))
                .message(1, inScope("e", gemm("t", "", "4")).message(5, number("transA", 1)))
                .message(5, initializer("w", new int[] {1, 2}, 1, 2))
                .message(5, initializer("b", new int[] {1}, 3))
                .message(5, initializer("v", new int[] {2, 1}, 4, 5))
                .message(5, initializer("u", new int[] {2, 1}, 6, 7))
                .message(5, initializer("t", new int[] {2, 1}, 8, 9));
        try (var weights = open(graph)) {
            assertThat(weights.names()).containsExactly("a.bias", "a.weight", "c.weight", "t", "u");
            assertThat(weights.read("a.weight", 1, 2)).containsExactly(1, 2);
            assertThat(weights.read("c.weight", 1, 2)).containsExactly(4, 5);
        }
    }

    @Test
    void aConstantIsNamedWhereItStands() throws IOException {
        var value = dims(1).number(2, 1).bytes(9, SafetensorsBytes.floats(7));
        var constant = new Protobuf()
                .text(2, "/norm/Constant_output_0")
                .text(4, "Constant")
                .message(5, new Protobuf().text(1, "value").message(5, value));
        var integers = new Protobuf()
                .text(2, "ids")
                .text(4, "Constant")
                .message(
                        5,
                        new Protobuf()
                                .text(1, "value")
                                .message(5, dims(1).number(2, 7).bytes(9, new byte[8])));
        var graph = new Protobuf()
                .message(1, constant)
                .message(1, integers)
                .message(1, inScope("norm", norm("x", "norm.weight", "/norm/Constant_output_0", "1")))
                .message(5, initializer("norm.weight", new int[] {1}, 1));
        try (var weights = open(graph)) {
            assertThat(weights.names()).containsExactly("norm.bias", "norm.weight");
            assertThat(weights.read("norm.bias", 1)).containsExactly(7);
        }
    }

    @Test
    void anInputThatIsLeftOutIsNoNodesOutput() throws IOException {
        var value = dims(1).number(2, 1).bytes(9, SafetensorsBytes.floats(7));
        var graph = new Protobuf()
                .message(
                        1,
                        new Protobuf()
                                .text(4, "Constant")
                                .message(5, new Protobuf().text(1, "value").message(5, value)))
                .message(1, inScope("norm", norm("x", "norm.weight", "", "1")))
                .message(5, initializer("norm.weight", new int[] {1}, 1));
        try (var weights = open(graph)) {
            assertThat(weights.names()).containsExactly("norm.weight");
        }
    }

    /** Missing is noticed, wrong is not. */
    @Test
    void aNameThatTwoTensorsClaimIsNobodys() throws IOException {
        var graph = new Protobuf()
                .message(1, inScope("attention", node("MatMul", "x", "val_1", "1")))
                .message(1, inScope("attention", node("MatMul", "x", "val_2", "2")))
                .message(5, initializer("val_1", new int[] {1, 1}, 1))
                .message(5, initializer("val_2", new int[] {1, 1}, 2));
        try (var weights = open(graph)) {
            assertThat(weights.names()).containsExactly("val_1", "val_2");
        }
    }

    @Test
    void aParametersOwnNameComesBeforeThatOfAPlace() throws IOException {
        var graph = new Protobuf()
                .message(1, inScope("up", node("MatMul", "x", "val_1", "1")))
                .message(5, initializer("up.weight", new int[] {1, 1}, 1))
                .message(5, initializer("val_1", new int[] {1, 1}, 2));
        try (var weights = open(graph)) {
            assertThat(weights.names()).containsExactly("up.weight", "val_1");
            assertThat(weights.read("up.weight", 1, 1)).containsExactly(1);
        }
    }

    /** The graph's modules begin at another place than its parameters' names: no second name for each of them. */
    @Test
    void aPlaceThatDiffersByAPrefixIsTheParametersOwn() throws IOException {
        var graph = new Protobuf()
                .message(1, inScope("norm", norm("x", "model.norm.weight", "model.norm.bias", "1")))
                .message(1, inScope("outer.model.up", node("MatMul", "1", "model.up.weight", "2")))
                .message(5, initializer("model.norm.weight", new int[] {1}, 1))
                .message(5, initializer("model.norm.bias", new int[] {1}, 0))
                .message(5, initializer("model.up.weight", new int[] {2, 1}, 1, 2));
        try (var weights = open(graph)) {
            assertThat(weights.names()).containsExactly("model.norm.bias", "model.norm.weight", "model.up.weight");
            assertThat(weights.read("up.weight", 1, 2)).containsExactly(1, 2);
        }
    }

    @Test
    void aGatherOfColumnsIsNoTable() throws IOException {
        var graph = new Protobuf()
                .message(1, inScope("words", node("Gather", "t", "ids", "1").message(5, number("axis", 0))))
                .message(1, inScope("columns", node("Gather", "u", "ids", "2").message(5, number("axis", 1))))
                .message(1, inScope("last", node("Gather", "v", "ids", "3").message(5, number("axis", -1))))
                .message(5, initializer("t", new int[] {1, 1}, 1))
                .message(5, initializer("u", new int[] {1, 1}, 2))
                .message(5, initializer("v", new int[] {1, 1}, 3));
        try (var weights = open(graph)) {
            assertThat(weights.names()).containsExactly("u", "v", "words.weight");
        }
    }

    @Test
    void operatorsOfOtherDomainsNameNothing() throws IOException {
        var graph = new Protobuf()
                .message(1, inScope("up", node("MatMul", "x", "val_1", "1")).text(7, "com.microsoft"))
                .message(1, inScope("down", node("MatMul", "x", "val_2", "1")).text(7, "ai.onnx"))
                .message(5, initializer("val_1", new int[] {1, 1}, 1))
                .message(5, initializer("val_2", new int[] {1, 1}, 2));
        try (var weights = open(graph)) {
            assertThat(weights.names()).containsExactly("down.weight", "val_1");
        }
    }

    @Test
    void aGraphThatGoesRoundInCirclesIsLeft() throws IOException {
        var graph = new Protobuf()
                .message(1, node("Identity", "b", "", "a"))
                .message(1, node("Transpose", "a", "", "b"))
                .message(1, node("Cast", "c", "", "c"))
                .message(1, inScope("up", node("MatMul", "x", "b", "y")))
                .message(1, inScope("down", node("MatMul", "x", "c", "z")))
                .message(1, inScope("down", node("Add", "z", "z", "z")));
        try (var weights = open(graph)) {
            assertThat(weights.names()).isEmpty();
        }
    }

    private static Protobuf named(String name, Protobuf node) {
        return node.text(3, name);
    }

    private static Protobuf norm(String x, String scale, String bias, String output) {
        return new Protobuf()
                .text(1, x)
                .text(1, scale)
                .text(1, bias)
                .text(2, output)
                .text(4, "LayerNormalization")
                .message(5, number("axis", -1));
    }

    private static Protobuf gemm(String weight, String bias, String output) {
        return new Protobuf()
                .text(1, "x")
                .text(1, weight)
                .text(1, bias)
                .text(2, output)
                .text(4, "Gemm");
    }

    private static Protobuf permuted(Protobuf node, int... axes) {
        var attribute = new Protobuf().text(1, "perm");
        for (var axis : axes) {
            attribute.number(8, axis);
        }
        return node.message(5, attribute);
    }

    private static Protobuf number(String name, long value) {
        return new Protobuf().text(1, name).number(3, value);
    }

    private static Protobuf factor(String name, float value) {
        return new Protobuf().text(1, name).fixed32(2, SafetensorsBytes.floats(value));
    }

    private WeightsFile open(Protobuf graph) throws IOException {
        return WeightsFile.onnx("some graph", Files.write(folder.resolve("model.onnx"), file(graph)));
    }
}
