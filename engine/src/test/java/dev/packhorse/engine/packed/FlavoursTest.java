package dev.packhorse.engine.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.FamilyFixture;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.families.Architecture.Known;
import dev.packhorse.engine.families.Families;
import dev.packhorse.engine.model.Head;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.onnx.GraphSession;
import dev.packhorse.engine.onnxgraph.ElementType;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.transformer.TransformerWeights;
import dev.packhorse.engine.weights.GraphNodes;
import dev.packhorse.engine.weights.GraphNodes.GraphNode;
import dev.packhorse.engine.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The graph for GPUs is the one that the CPU's tests hold to the reference, but for one operator, and is a good graph. */
class FlavoursTest {

    private static final String PACKED = "com.microsoft:PackedMultiHeadAttention";
    private static final Pooler POOLER =
            Pooler.open(new Head(List.of(Pooling.MEAN, Pooling.CLS, Pooling.MAX), true, List.of()), 0);

    @TempDir
    Path folder;

    private final NativeMemory memory = NativeMemory.open(Long.MAX_VALUE);

    @AfterEach
    void nothingNativeIsLeft() {
        memory.close();
    }

    static Stream<FamilyFixture> families() {
        return FamilyFixture.families();
    }

    @ParameterizedTest
    @MethodSource("families")
    void bothFlavoursAreTheSameNodeByNodeButForAttention(FamilyFixture fixture) throws IOException {
        for (var type : List.of(ElementType.FLOAT16, ElementType.FLOAT)) {
            var onGpu = nodes(fixture, Flavour.CUDA, type);
            var onCpu = nodes(fixture, Flavour.STANDARD, type);
            var packed = packed(onGpu);
            assertThat(packed).hasSameSizeAs(layers(onCpu)).allSatisfy(node -> {
                assertThat(node.operator()).isEqualTo(PACKED);
                assertThat(node.attributes()).containsExactly("num_heads=4", "scale=1.0");
            });
            assertThat(withoutAttention(onGpu)).isEqualTo(withoutAttention(onCpu));
            // what attention is given: queries, keys and values, and what the scores get, in both; first seen in this
            // order
            for (var i = 0; i < packed.size(); i++) {
                assertThat(given(packed.get(i))).isEqualTo(given(layers(onCpu).get(i)));
            }
        }
    }

    /** The nodes outside of attention; what comes from there has its module's name in them, whatever operator gave it. */
    private static List<GraphNode> withoutAttention(List<GraphNode> nodes) {
        return nodes.stream()
                .filter(node -> !isAttention(node.name()))
                .map(node -> new GraphNode(
                        node.name(),
                        node.operator(),
                        node.inputs().stream()
                                .map(input -> isAttention(input) ? module(input) : input)
                                .toList(),
                        node.outputs(),
                        node.attributes()))
                .sorted(Comparator.comparing(GraphNode::name)) // what both need is made where the first asks for it
                .toList();
    }

    private static boolean isAttention(String name) {
        return name.contains("/attention/packed/");
    }

    private static String module(String name) {
        return name.substring(0, name.indexOf("/packed/"));
    }

    private static List<GraphNode> packed(List<GraphNode> nodes) {
        return nodes.stream().filter(node -> isAttention(node.name())).toList();
    }

    /** The nodes of each layer's attention. */
    private static List<List<GraphNode>> layers(List<GraphNode> nodes) {
        return List.copyOf(packed(nodes).stream()
                .collect(Collectors.groupingBy(node -> module(node.name()), LinkedHashMap::new, Collectors.toList()))
                .values());
    }

    private static List<String> given(GraphNode packed) {
        return packed.inputs().stream().filter(FlavoursTest::isLayers).toList();
    }

    private static List<String> given(List<GraphNode> standard) {
        return standard.stream()
                .flatMap(node -> node.inputs().stream())
                .filter(FlavoursTest::isLayers)
                .distinct()
                .toList();
    }

    private static boolean isLayers(String value) {
        return (value.startsWith("/layer.") && !isAttention(value)) || value.startsWith("/distance_bias/");
    }

    /**
     * ONNX Runtime checks every node against its schema, and infers all types and shapes, before it looks for kernels: that
     * the CPU has none for the packed operator is the only thing it may say.
     */
    @ParameterizedTest
    @MethodSource("families")
    void onnxRuntimeFindsNothingWrongWithTheGraphForGpus(FamilyFixture fixture) {
        for (var type : List.of(ElementType.FLOAT16, ElementType.FLOAT)) {
            try (var graph = graph(fixture, Flavour.CUDA, type)) {
                assertThatThrownBy(() ->
                                GraphSession.open(graph.bytes(), graph.weights().all(), OptionalInt.empty(), 1))
                        .isInstanceOf(EncoderException.class)
                        .hasMessageContaining("NOT_IMPLEMENTED")
                        .hasMessageContaining("PackedMultiHeadAttention(1)");
            }
        }
    }

    private List<GraphNode> nodes(FamilyFixture fixture, Flavour flavour, ElementType type) throws IOException {
        try (var graph = graph(fixture, flavour, type)) {
            var file = folder.resolve("graph.onnx");
            Files.write(file, graph.bytes());
            return new ArrayList<>(GraphNodes.read(file));
        }
    }

    private PackedGraph graph(FamilyFixture fixture, Flavour flavour, ElementType type) {
        try (var weights = weights(fixture)) {
            return PackedGraph.of(memory, weights, POOLER, flavour, type);
        }
    }

    static TransformerWeights weights(FamilyFixture fixture) {
        return Families.weights(
                (Known) Families.describe(fixture.config(), fixture.configJson()),
                WeightsFile.safetensors(fixture.weightsFile().toString(), fixture.weightsFile()));
    }
}
