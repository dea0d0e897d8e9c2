package dev.packhorse.engine.onnxgraph;

import java.util.ArrayList;
import java.util.List;

/** The nodes that graphs are mostly made of, in one module of a graph. As little thread-safe as the graph. */
public class Nodes {

    private final GraphBuilder graph;

    public Nodes(GraphBuilder graph) {
        this.graph = graph;
    }

    /** The graph that they are part of, in this module. */
    public final GraphBuilder graph() {
        return graph;
    }

    /** A node of two inputs, such as Add. */
    public final String both(String type, String left, String right) {
        return graph.node(type, List.of(left, right));
    }

    public final String numbers(long... values) {
        return graph.constant(Tensor.of(values));
    }

    public final String scalar(long value) {
        return graph.constant(Tensor.scalar(value));
    }

    public final String scalar(double value) {
        return graph.constant(Tensor.scalar((float) value));
    }

    public final String shape(String value) {
        return graph.node("Shape", List.of(value));
    }

    /** The size of one dimension, a single number. */
    public final String size(String value, int dimension) {
        return row(shape(value), scalar(dimension));
    }

    /** One row of a table, or several. */
    public final String row(String table, String index) {
        return gather(table, index, 0);
    }

    public final String gather(String table, String index, int axis) {
        return graph.node("Gather", List.of(table, index), Attribute.of("axis", axis));
    }

    public final String cast(String value, ElementType type) {
        return graph.node("Cast", List.of(value), Attribute.of("to", type.code()));
    }

    /** Axes of size 1, one after the other. */
    public final String unsqueeze(String value, long... axes) {
        var result = value;
        for (var axis : axes) {
            result = both("Unsqueeze", result, numbers(axis));
        }
        return result;
    }

    /** Sizes in a row, from single numbers and from numbers that are in a row already. */
    public final String concat(List<String> parts) {
        return concat(parts, 0);
    }

    public final String concat(List<String> parts, int axis) {
        return graph.node("Concat", parts, Attribute.of("axis", axis));
    }

    /** Sizes in a row: those of values, and behind them fixed ones. */
    public final String sizes(List<String> values, long... fixed) {
        var parts = new ArrayList<String>();
        values.forEach(value -> parts.add(unsqueeze(value, 0)));
        for (var size : fixed) {
            parts.add(numbers(size));
        }
        return concat(parts);
    }

    public final String reshape(String value, String sizes) {
        return graph.node("Reshape", List.of(value, sizes), Attribute.of("allowzero", 0));
    }

    public final String transpose(String value, long... permutation) {
        return graph.node("Transpose", List.of(value), Attribute.list("perm", permutation));
    }
}
