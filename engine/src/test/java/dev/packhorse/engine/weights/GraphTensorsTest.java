package dev.packhorse.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tensors of each family's safetensors file against what is found in the graphs that torch exported of it. */
class GraphTensorsTest {

    /** What no graph has, for it makes token vectors, not what comes behind them. */
    private static final List<String> UNUSED = List.of("pooler.", "lm_head.", "discriminator_predictions.");

    /** transformers saves GTE with the names that it has on the hub, and exports it with those of its own code. */
    private static final Map<String, String> GTE = Map.of(
            "encoder.layer.", "layers.",
            "attn_ln", "post_attention_layernorm",
            "mlp_ln", "post_mlp_layernorm",
            "attention.", "self_attn.");

    /** What the hub's GTE has as the rows of one matrix. */
    private static final Map<String, List<String>> JOINED =
            Map.of("qkv_proj", List.of("q_proj", "k_proj", "v_proj"), "up_gate_proj", List.of("up_proj", "gate_proj"));

    static Stream<Path> graphs() throws IOException, URISyntaxException {
        var families =
                Path.of(GraphTensorsTest.class.getResource("/fixtures/families").toURI());
        try (var files = Files.walk(families)) {
            return files.filter(file -> file.toString().endsWith(".onnx")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void aGraphHasTheTensorsOfTheModelByTheirNames(Path graph) {
        try (var expected = WeightsFile.safetensors(
                        "weights", weights(graph.getParent().getParent()));
                var found = WeightsFile.onnx("graph", graph, data(graph))) {
            for (var name : expected.names()) {
                if (UNUSED.stream().noneMatch(name::startsWith)) {
                    var shape = Arrays.stream(expected.shape(name))
                            .mapToInt(Math::toIntExact)
                            .toArray();
                    assertThat(read(found, inGraph(graph, name), shape))
                            .as(name)
                            .isEqualTo(expected.read(name, shape));
                }
            }
        }
    }

    private static Path weights(Path family) {
        var ownNames = family.resolve("model-native.safetensors");
        return Files.exists(ownNames) ? ownNames : family.resolve("model.safetensors");
    }

    private static Map<String, Path> data(Path graph) {
        return OnnxSignature.read("graph", graph).externalData().stream()
                .collect(Collectors.toMap(location -> location, graph::resolveSibling));
    }

    /** The names of the tensors that a graph has for one, without the prefix of the class that was saved. */
    private static List<String> inGraph(Path graph, String name) {
        var other = name.replaceFirst("^(electra|roberta)\\.", "");
        if (graph.toString().contains("gte")) {
            for (var renamed : GTE.entrySet()) {
                other = other.replace(renamed.getKey(), renamed.getValue());
            }
            for (var joined : JOINED.entrySet()) {
                if (other.contains("." + joined.getKey() + ".")) {
                    var parts = new ArrayList<String>();
                    for (var part : joined.getValue()) {
                        parts.add(other.replace(joined.getKey(), part));
                    }
                    return parts;
                }
            }
        }
        return List.of(other);
    }

    /** The rows of all the tensors, one behind the other. */
    private static float[] read(WeightsFile weights, List<String> names, int[] shape) {
        var rows = shape.clone();
        rows[0] /= names.size();
        var values = FloatBuffer.allocate(Arrays.stream(shape).reduce(1, (a, b) -> a * b));
        names.forEach(name -> weights.read(name, values, rows));
        return values.array();
    }
}
