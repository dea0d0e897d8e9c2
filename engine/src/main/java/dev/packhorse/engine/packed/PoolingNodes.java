package dev.packhorse.engine.packed;

import dev.packhorse.engine.model.DenseActivation;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.model.Step;
import dev.packhorse.engine.onnxgraph.Attribute;
import dev.packhorse.engine.onnxgraph.ElementType;
import dev.packhorse.engine.onnxgraph.Nodes;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.pooling.StepWeights;
import java.util.ArrayList;
import java.util.List;

/**
 * What a {@link Pooler} does, in the graph: token vectors become the rows', and those go through the head's steps, in
 * float32. Poolings that weight tokens are one matrix product over padded cells, which are few where rows come sorted by
 * length; a first or last token is looked up. Definitions: sentence-transformers 6, modules/pooling.py.
 */
final class PoolingNodes {

    /** Less than any token's number that float16 holds, and more than minus infinity, which it would become. */
    private static final double BELOW_ALL = -60_000;

    private final GraphContext context;
    private final RowCells cells;
    private final int skipped;

    PoolingNodes(GraphContext context, RowCells cells, int skipped) {
        this.context = context;
        this.cells = cells;
        this.skipped = skipped;
    }

    /** @return name of the vectors, [B, D] float32 */
    String of(Pooler pooler, String hidden) {
        var pooled = pooled(pooler.poolings(), hidden); // [B, poolings, H]
        var width = (long) pooler.poolings().size() * context.shape().hidden();
        var in = context.in("pooling");
        var vectors =
                in.converted(in.nodes().reshape(pooled, in.nodes().numbers(-1, width)), in.type(), ElementType.FLOAT);
        var steps = pooler.head().steps();
        for (var i = 0; i < steps.size(); i++) {
            vectors = step(context.in("steps." + i), steps.get(i), vectors);
        }
        return vectors;
    }

    private String pooled(List<Pooling> poolings, String hidden) {
        var in = context.in("pooling").nodes();
        var parts = new ArrayList<String>();
        for (var pooling : poolings) {
            parts.add(
                    switch (pooling) {
                        case CLS -> in.row(hidden, in.both("Add", cells.firsts(), RowCells.int32(in, skipped)));
                        case LAST_TOKEN -> in.row(hidden, cells.lasts());
                        case MAX -> greatest(in, hidden);
                        case MEAN, MEAN_SQRT_LEN, WEIGHTED_MEAN -> weighted(in, pooling, hidden);
                    });
        }
        return parts.size() == 1 ? parts.get(0) : in.concat(parts, 1);
    }

    /** [B, 1, H] */
    private String greatest(Nodes in, String hidden) {
        var below = cells.where(in, skipped, in.scalar(0.0), in.scalar(BELOW_ALL)); // [B, S]
        var added = in.cast(in.unsqueeze(below, 2), context.type()); // [B, S, 1]
        var padded = in.both("Add", in.row(hidden, cells.tokens()), added); // [B, S, H]
        return in.graph().node("ReduceMax", List.of(padded), Attribute.list("axes", 1), Attribute.of("keepdims", 1));
    }

    /** [B, 1, H]: weights [B, 1, S] times token vectors [B, S, H] */
    private String weighted(Nodes in, Pooling pooling, String hidden) {
        // the weights of places in long rows are too small for float16
        var type = pooling == Pooling.WEIGHTED_MEAN ? ElementType.FLOAT : context.type();
        var weights = cells.where(in, skipped, weights(in, pooling), in.scalar(0.0)); // [B, S]
        var row = context.converted(in.unsqueeze(weights, 1), ElementType.FLOAT, type);
        var tokens = context.converted(in.row(hidden, cells.tokens()), context.type(), type);
        return context.converted(in.both("MatMul", row, tokens), type, context.type());
    }

    /** The weight of each token that is pooled, [B, 1] or [B, S] float32 */
    private String weights(Nodes in, Pooling pooling) {
        var length = in.cast(cells.lengths(), ElementType.FLOAT); // [B, 1]
        var count = in.both("Sub", length, in.scalar((double) skipped));
        return switch (pooling) {
            case MEAN -> in.both("Div", in.scalar(1.0), count);
            case MEAN_SQRT_LEN -> in.both("Div", in.scalar(1.0), in.graph().node("Sqrt", List.of(count)));
            case WEIGHTED_MEAN -> in.both("Div", numbered(in), sumOfPlaces(in, length));
            case CLS, LAST_TOKEN, MAX -> throw new IllegalArgumentException(pooling.id() + " weights nothing");
        };
    }

    /** [1, S] places from 1 */
    private String numbered(Nodes in) {
        return in.both("Add", in.cast(cells.places(), ElementType.FLOAT), in.scalar(1.0));
    }

    /** n (n + 1) / 2, less that of the places that are skipped, [B, 1] */
    private String sumOfPlaces(Nodes in, String length) {
        var twice = in.both("Mul", length, in.both("Add", length, in.scalar(1.0)));
        var half = in.both("Mul", twice, in.scalar(0.5));
        return in.both("Sub", half, in.scalar(skipped * (skipped + 1.0) / 2));
    }

    private static String step(GraphContext in, Step step, String vectors) {
        if (step instanceof Step.Dense dense) {
            return dense(in, dense, vectors);
        }
        var nodes = in.nodes();
        if (step instanceof Step.Truncate truncate) {
            return nodes.graph()
                    .node(
                            "Slice",
                            List.of(vectors, nodes.numbers(0), nodes.numbers(truncate.dimension()), nodes.numbers(1)));
        }
        var length = nodes.graph() // Step permits no other
                .node("ReduceL2", List.of(vectors), Attribute.list("axes", 1), Attribute.of("keepdims", 1));
        return nodes.both("Div", vectors, nodes.both("Max", length, nodes.scalar(1e-12)));
    }

    private static String dense(GraphContext in, Step.Dense dense, String vectors) {
        var map = StepWeights.read(dense);
        var mapped = in.nodes()
                .graph()
                .node(
                        "Gemm",
                        List.of(
                                vectors,
                                in.weight("weight", ElementType.FLOAT, map.weight(), map.outputs(), map.inputs()),
                                in.weight("bias", ElementType.FLOAT, map.bias(), map.outputs())),
                        Attribute.of("transB", 1));
        return activated(in.nodes(), dense.activation(), mapped);
    }

    private static String activated(Nodes in, DenseActivation activation, String value) {
        return switch (activation) {
            case IDENTITY -> value;
            case TANH -> in.graph().node("Tanh", List.of(value));
            case RELU -> in.graph().node("Relu", List.of(value));
            case SIGMOID -> in.graph().node("Sigmoid", List.of(value));
            case GELU -> {
                var erf = in.graph().node("Erf", List.of(in.both("Div", value, in.scalar(Math.sqrt(2)))));
                yield in.both("Mul", in.both("Mul", value, in.scalar(0.5)), in.both("Add", erf, in.scalar(1.0)));
            }
        };
    }
}
