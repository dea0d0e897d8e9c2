package dev.packhorse.engine.packed;

import dev.packhorse.engine.onnxgraph.Attribute;
import dev.packhorse.engine.onnxgraph.ElementType;
import dev.packhorse.engine.onnxgraph.Nodes;
import dev.packhorse.engine.transformer.Dense;
import dev.packhorse.engine.transformer.TransformerShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A module of a graph, and what all parts of it need.
 *
 * @param nodes of the module
 * @param path of the module, in front of its weights' names; empty for the whole graph
 * @param weights of the whole graph
 * @param shape of the model
 * @param type in which matrices are multiplied and token vectors stand
 */
record GraphContext(Nodes nodes, String path, Initializers weights, TransformerShape shape, ElementType type) {

    /** A module below this one. */
    GraphContext in(String module) {
        return new GraphContext(new Nodes(nodes.graph().in(module)), named(module), weights, shape, type);
    }

    private String named(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** A weight of this module. */
    String weight(String name, ElementType of, float[] values, long... sizes) {
        return weights.add(named(name), of, values, sizes);
    }

    /** {@code input W^T}, [T, N], without the map's bias. */
    String multiplied(String name, Dense map, String input) {
        return multiplied(name, map, input, Optional.empty());
    }

    /** {@code input W^T + b}, [T, N]; the bias costs a pass over the answer, which one of zeros is spared. */
    String mapped(String name, Dense map, String input) {
        return multiplied(name, map, input, isZero(map.bias()) ? Optional.empty() : Optional.of(map.bias()));
    }

    private String multiplied(String name, Dense map, String input, Optional<float[]> bias) {
        var inputs = new ArrayList<>(
                List.of(input, weight(name + ".weight", type, map.weight(), map.outputs(), map.inputs())));
        bias.ifPresent(b -> inputs.add(weight(name + ".bias", type, b, b.length)));
        return nodes.graph().node("Gemm", inputs, Attribute.of("transB", 1));
    }

    /** The same value in another type; the value itself where it is of that type. */
    String converted(String value, ElementType from, ElementType to) {
        return from == to ? value : nodes.cast(value, to);
    }

    private static boolean isZero(float[] values) {
        for (var value : values) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }
}
