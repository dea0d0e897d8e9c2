package dev.packhorse.engine.synthetic;

import dev.packhorse.engine.onnxgraph.Attribute;
import dev.packhorse.engine.onnxgraph.ElementType;
import dev.packhorse.engine.onnxgraph.GraphBuilder;
import dev.packhorse.engine.onnxgraph.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The nodes that torch's exporter (opset 17) writes for operations of torch, in one module of a graph. */
record Operations(GraphBuilder graph) {

    /** Those of a module below this one. */
    Operations in(String module) {
        return new Operations(graph.in(module));
    }

    /** A node of two inputs, such as Add. */
    String both(String type, String left, String right) {
        return graph.node(type, List.of(left, right));
    }

    String numbers(long... values) {
        return graph.constant(Tensor.of(values));
    }

    String scalar(long value) {
        return graph.constant(Tensor.scalar(value));
    }

    String scalar(double value) {
        return graph.constant(Tensor.scalar((float) value));
    }

    String shape(String value) {
        return graph.node("Shape", List.of(value));
    }

    /** The size of one dimension, a single number. */
    String size(String value, int dimension) {
        return row(shape(value), scalar(dimension));
    }

    /** One row of a table, or several. */
    String row(String table, String index) {
        return graph.node("Gather", List.of(table, index), Attribute.of("axis", 0));
    }

    String cast(String value, ElementType type) {
        return graph.node("Cast", List.of(value), Attribute.of("to", type.code()));
    }

    /** Axes of size 1, one after the other. */
    String unsqueeze(String value, long... axes) {
        var result = value;
        for (var axis : axes) {
            result = both("Unsqueeze", result, numbers(axis));
        }
        return result;
    }

    /** Sizes in a row, from single numbers and from numbers that are in a row already. */
    String concat(List<String> parts) {
        return graph.node("Concat", parts, Attribute.of("axis", 0));
    }

    /** Sizes in a row: those of values, and behind them fixed ones. */
    String sizes(List<String> values, long... fixed) {
        var parts = new ArrayList<String>();
        values.forEach(value -> parts.add(unsqueeze(value, 0)));
        for (var size : fixed) {
            parts.add(numbers(size));
        }
        return concat(parts);
    }

    String reshape(String value, String sizes) {
        return graph.node("Reshape", List.of(value, sizes), Attribute.of("allowzero", 0));
    }

    String transpose(String value, long... permutation) {
        return graph.node("Transpose", List.of(value), Attribute.list("perm", permutation));
    }

    /** torch's expand, in which -1 stands for a size that stays. */
    String expand(String value, String sizes) {
        var wanted = reshape(sizes, numbers(-1));
        var ones = graph.node("ConstantOfShape", List.of(shape(wanted)), Attribute.of("value", Tensor.of(1)));
        var staying = both("Equal", wanted, both("Mul", ones, scalar(-1)));
        return both("Expand", value, graph.node("Where", List.of(staying, ones, wanted)));
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
