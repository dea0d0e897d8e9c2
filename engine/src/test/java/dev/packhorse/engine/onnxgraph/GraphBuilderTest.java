package dev.packhorse.engine.onnxgraph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.packhorse.engine.weights.OnnxSignature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Graphs are right when ONNX Runtime runs them, and when our own reader finds in them what was put there. */
class GraphBuilderTest {

    private static final Map<String, Integer> OPSETS = Map.of("", 17, "com.microsoft", 1);

    @TempDir
    Path folder;

    private final GraphBuilder graph = new GraphBuilder("a test");

    @Test
    void weightsOfAnotherFileAndOperatorsOfOnnxRuntimeAreComputedWith() throws IOException, OrtException {
        Files.write(folder.resolve("numbers.bin"), floats(99, 1, 2, 3, 4, 5, 6));
        var x = graph.input("x", ElementType.FLOAT, Dimension.of("rows"), Dimension.of(2));
        var weight = graph.initializer("dense.weight", ElementType.FLOAT, "numbers.bin", Float.BYTES, 3, 2);
        var product = graph.in("dense")
                .node(
                        Operator.contributed("FusedMatMul"),
                        List.of(x, weight),
                        Attribute.of("transB", 1),
                        Attribute.of("alpha", 10f));
        var bias = graph.initializer(
                "dense.bias", new Tensor(ElementType.FLOAT16, new long[] {3}, new byte[] {0, 0x3c, 0, 0, 0, 0x40}));
        var wide = graph.node("Cast", List.of(bias), Attribute.of("to", ElementType.FLOAT.code()));
        graph.output("y", graph.node("Add", List.of(product, wide)), ElementType.FLOAT, Dimension.of("rows"));
        var file = folder.resolve("model.onnx");
        graph.write(file, 8, OPSETS);

        // [1, 1] and [0, 2] by the transpose of [[1, 2], [3, 4], [5, 6]], ten times, and 1, 0, 2
        assertThat(run(file, new float[][] {{1, 1}, {0, 2}}))
                .isDeepEqualTo(new float[][] {{31, 70, 112}, {41, 80, 122}});
        var signature = OnnxSignature.read("a test", file);
        assertThat(signature.externalData()).isEqualTo(Set.of("numbers.bin"));
        assertThat(signature.inputs())
                .containsExactly(
                        new OnnxSignature.Value("x", OnnxSignature.ElementType.FLOAT, Optional.of(List.of(-1L, 2L))));
        assertThat(signature.outputs()).extracting(OnnxSignature.Value::name).containsExactly("y");
    }

    @Test
    void aNodeMayHaveSeveralOutputsAndInputsLeftOut() throws IOException, OrtException {
        var x = graph.input("x", ElementType.FLOAT, Dimension.of("rows"), Dimension.of(2));
        var halves = graph.node(Operator.standard("Split"), 2, List.of(x), Attribute.of("axis", 1));
        var most = graph.constant(Tensor.scalar(3f));
        var clipped = graph.node("Clip", List.of(halves.get(1), "", most));
        graph.output("y", graph.node("Sub", List.of(clipped, halves.get(0))), ElementType.FLOAT);
        var file = folder.resolve("model.onnx");
        graph.write(file, 8, Map.of("", 17));

        assertThat(run(file, new float[][] {{1, 2}, {1, 5}})).isDeepEqualTo(new float[][] {{1}, {2}});
    }

    @Test
    void nodesAreNamedAfterTheModuleThatTheyAreIn() {
        var in = graph.in("encoder.layer.0").in("attention.self");
        var one = in.constant(Tensor.of(1, 2));
        assertThat(one).isEqualTo("/encoder/layer.0/attention/self/Constant_output_0");
        assertThat(in.constant(Tensor.scalar(1))).isEqualTo("/encoder/layer.0/attention/self/Constant_1_output_0");
        assertThat(graph.constant(Tensor.scalar(1))).isEqualTo("/Constant_output_0");
    }

    @Test
    void attributesOfEveryTypeAreKept() throws IOException, OrtException {
        var x = graph.input("x", ElementType.FLOAT, Dimension.of("rows"), Dimension.of(2));
        var turned = graph.node("Transpose", List.of(x), Attribute.list("perm", 1, 0));
        var floats = graph.node("Constant", List.of(), Attribute.list("value_floats", 0.5f, 2));
        var text = graph.node("Constant", List.of(), Attribute.of("value_string", "not used"));
        graph.node("Identity", List.of(text));
        graph.output("y", graph.node("Mul", List.of(turned, floats)), ElementType.FLOAT);
        var file = folder.resolve("model.onnx");
        graph.write(file, 8, Map.of("", 17));

        assertThat(run(file, new float[][] {{1, 2}, {3, 4}})).isDeepEqualTo(new float[][] {{0.5f, 6}, {1, 8}});
        assertThat(Files.readAllBytes(file)).isEqualTo(graph.toBytes(8, Map.of("", 17)));
    }

    @Test
    void aTensorHasAsManyBytesAsItsShapeSays() {
        assertThatThrownBy(() -> new Tensor(ElementType.INT32, new long[] {2, 3}, new byte[20]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected 24 bytes for a tensor INT32 of shape [2, 3], found 20");
    }

    private static float[][] run(Path file, float[][] x) throws OrtException {
        var environment = OrtEnvironment.getEnvironment();
        try (var session = environment.createSession(file.toString());
                var tensor = OnnxTensor.createTensor(environment, x);
                var result = session.run(Map.of("x", tensor))) {
            return (float[][]) result.get(0).getValue();
        }
    }

    private static byte[] floats(float... values) {
        var bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (var value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }
}
