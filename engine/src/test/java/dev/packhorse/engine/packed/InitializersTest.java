package dev.packhorse.engine.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.onnx.GraphSession;
import dev.packhorse.engine.onnxgraph.Attribute;
import dev.packhorse.engine.onnxgraph.Dimension;
import dev.packhorse.engine.onnxgraph.ElementType;
import dev.packhorse.engine.onnxgraph.GraphBuilder;
import dev.packhorse.engine.onnxgraph.Operator;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.transformer.RandomWeights;
import dev.packhorse.engine.transformer.TransformerShape;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What goes into a graph from outside, and what is said of graphs that are none. */
class InitializersTest {

    private static final Pooler POOLER = new Pooler(Pooling.MEAN, true);

    private final NativeMemory memory = NativeMemory.open(Long.MAX_VALUE);

    @AfterEach
    void nothingNativeIsLeft() {
        memory.close();
    }

    @Test
    void numbersAreRoundedToTheType() {
        try (var weights = new Initializers(memory, new GraphBuilder("a test"))) {
            assertThat(weights.add("halves", ElementType.FLOAT16, new float[] {1, -2, 0.1f}, 3))
                    .isEqualTo("halves");
            weights.add("floats", ElementType.FLOAT, new float[] {1, 70_000}, 2, 1);
            var halves = weights.all().get("halves");
            assertThat(halves.shape()).containsExactly(3);
            assertThat(halves.numbers().asShortBuffer().get(0)).isEqualTo((short) 0x3c00);
            assertThat(halves.numbers().asShortBuffer().get(1)).isEqualTo((short) 0xc000);
            assertThat(halves.numbers().asShortBuffer().get(2)).isEqualTo((short) 0x2e66);
            assertThat(weights.all().get("floats").numbers().asFloatBuffer().get(1))
                    .isEqualTo(70_000);
        }
    }

    @Test
    void numbersThatTheTypeDoesNotHoldAreRefused() {
        try (var weights = new Initializers(memory, new GraphBuilder("a test"))) {
            assertThatThrownBy(() -> weights.add("layer.0.up.weight", ElementType.FLOAT16, new float[] {1, 65_505}, 2))
                    .isInstanceOf(EncoderException.class)
                    .hasMessage(
                            "expected weights of at most 65504, which float16 holds, found 65505.0 in layer.0.up.weight; say --precision float32");
            assertThatThrownBy(() -> weights.add("x", ElementType.FLOAT16, new float[] {Float.NaN}, 1))
                    .isInstanceOf(EncoderException.class)
                    .hasMessage(
                            "expected weights of at most 65504, which float16 holds, found NaN in x; say --precision float32");
        }
    }

    @Test
    void otherPrecisionsAreRefused() {
        var weights = new RandomWeights(TransformerShape.bert(16, 1, 2, 24, 100, 8, 1e-12f), 7);
        for (var precision : List.of(Precision.INT8, Precision.BFLOAT16)) {
            assertThatThrownBy(() -> PackedSession.open(memory, weights, POOLER, precision, new Target.Cpu(1)))
                    .isInstanceOf(EncoderException.class)
                    .hasMessage("expected float16 or float32 for a packed graph, found " + precision.id());
        }
    }

    /** So that the check of the graphs for GPUs would show what is wrong with them, were something. */
    @Test
    void onnxRuntimeNamesWhatIsWrongWithPackedAttention() {
        assertThatThrownBy(() -> open(3, Attribute.of("num_heads", 2)))
                .isInstanceOf(EncoderException.class)
                .hasMessageStartingWith("expected ONNX Runtime to open the model's graph on cpu, found: ")
                .hasMessageContaining("PackedMultiHeadAttention")
                .hasMessageNotContaining("NOT_IMPLEMENTED");
        assertThatThrownBy(() -> open(6))
                .isInstanceOf(EncoderException.class)
                .hasMessageContaining("num_heads")
                .hasMessageNotContaining("NOT_IMPLEMENTED");
    }

    /** A graph of nothing but packed attention, with so many of its inputs. */
    private static void open(int inputs, Attribute... attributes) {
        var graph = new GraphBuilder("a test");
        var values = graph.input("values", ElementType.FLOAT, Dimension.of("tokens"), Dimension.of(16));
        var offset = graph.input("offset", ElementType.INT32, Dimension.of("rows"), Dimension.of("cells"));
        var sums = graph.input("sums", ElementType.INT32, Dimension.of("rows + 1"));
        var all = List.of(values, values, values, "", offset, sums);
        var packed = graph.node(Operator.contributed("PackedMultiHeadAttention"), all.subList(0, inputs), attributes);
        graph.output("y", packed, ElementType.FLOAT, Dimension.of("tokens"), Dimension.of(16));
        GraphSession.open(graph.toBytes(8, Map.of("", 17, "com.microsoft", 1)), Map.of(), OptionalInt.empty(), 1);
    }
}
