package dev.packhorse.engine.synthetic;

import dev.packhorse.engine.onnxgraph.Attribute;
import dev.packhorse.engine.onnxgraph.GraphBuilder;
import dev.packhorse.engine.onnxgraph.Nodes;
import dev.packhorse.engine.onnxgraph.Tensor;
import java.util.List;

/** The nodes that torch's exporter (opset 17) writes for operations of torch, in one module of a graph. */
final class Operations extends Nodes {

    Operations(GraphBuilder graph) {
        super(graph);
    }

    /** Those of a module below this one. */
    Operations in(String module) {
        return new Operations(graph().in(module));
    }

    /** torch's expand, in which -1 stands for a size that stays. */
    String expand(String value, String sizes) {
        var wanted = reshape(sizes, numbers(-1));
        var ones = graph().node("ConstantOfShape", List.of(shape(wanted)), Attribute.of("value", Tensor.of(1)));
        var staying = both("Equal", wanted, both("Mul", ones, scalar(-1)));
        return both("Expand", value, graph().node("Where", List.of(staying, ones, wanted)));
    }

    /**
     * A Linear, whose weight is [out, in].
     *
     * @param weights what its parameters' names begin with, in front of the module's
     */
    String linear(String module, String weights, String input) {
        var inside = in(module);
        var weight = inside.transpose(weights + "." + module + ".weight", 1, 0);
        return inside.both("Add", weights + "." + module + ".bias", inside.both("MatMul", input, weight));
    }

    /** A LayerNorm; parameters as {@link #linear}. */
    String norm(String module, String weights, double epsilon, String input) {
        var name = weights + "." + module;
        return in(module)
                .graph()
                .node(
                        "LayerNormalization",
                        List.of(input, name + ".weight", name + ".bias"),
                        Attribute.of("axis", -1),
                        Attribute.of("epsilon", (float) epsilon));
    }
}
