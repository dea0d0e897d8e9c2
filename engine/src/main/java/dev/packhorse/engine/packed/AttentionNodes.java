package dev.packhorse.engine.packed;

import dev.packhorse.engine.onnxgraph.Attribute;
import dev.packhorse.engine.onnxgraph.Nodes;
import dev.packhorse.engine.onnxgraph.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Attention over packed tokens, each row's own. The scores' factor is within the queries. */
final class AttentionNodes {

    private static final Operator PACKED = Operator.contributed("PackedMultiHeadAttention");

    private AttentionNodes() {}

    /**
     * Adds them to a module.
     *
     * @param projected names of queries, keys and values, [T, H] each
     * @param bias name of what the scores get, [1, heads or 1, S, S]
     * @param cells of the launch; the packed operator does not look at them
     * @return name of what is attended, [T, H]
     */
    static String of(
            GraphContext context, Flavour flavour, List<String> projected, Optional<String> bias, RowCells cells) {
        return switch (flavour) {
            case CUDA -> packed(context, projected, bias);
            case STANDARD -> standard(context, projected, bias, cells);
        };
    }

    /** Without its own bias input, for which it would copy queries, keys and values; with scale 1. */
    private static String packed(GraphContext context, List<String> projected, Optional<String> bias) {
        var inputs = new ArrayList<>(projected);
        inputs.add(""); // of the projections, which have theirs already
        inputs.add(PackedInput.TOKEN_OFFSET.id());
        inputs.add(PackedInput.CUMULATIVE_LENGTHS.id());
        bias.ifPresent(inputs::add);
        return context.nodes()
                .graph()
                .node(PACKED, inputs, Attribute.of("num_heads", context.shape().heads()), Attribute.of("scale", 1f));
    }

    private static String standard(
            GraphContext context, List<String> projected, Optional<String> bias, RowCells cells) {
        var in = context.nodes();
        var queries = heads(context, projected.get(0), cells, 0, 2, 1, 3); // [B, heads, S, head size]
        var keys = heads(context, projected.get(1), cells, 0, 2, 3, 1); // [B, heads, head size, S]
        var values = heads(context, projected.get(2), cells, 0, 2, 1, 3);
        var scores = in.both("MatMul", queries, keys);
        var biased = bias.map(b -> in.both("Add", scores, b)).orElse(scores);
        var hidden = cells.where(in, 0, in.scalar(0.0), in.scalar(-10_000.0)); // [B, S]
        var masked = in.both("Add", biased, in.unsqueeze(in.cast(hidden, context.type()), 1, 1));
        var shares = in.graph().node("Softmax", List.of(masked), Attribute.of("axis", -1));
        var attended = in.transpose(in.both("MatMul", shares, values), 0, 2, 1, 3); // [B, S, heads, head size]
        var padded = in.reshape(attended, in.numbers(-1, context.shape().hidden())); // [B * S, H]
        return in.row(padded, tokenCells(in, projected.get(0)));
    }

    /** [B, S, heads, head size] of packed values, permuted */
    private static String heads(GraphContext context, String packed, RowCells cells, long... permutation) {
        var in = context.nodes();
        var shape = context.shape();
        var padded = in.row(packed, cells.tokens()); // [B, S, H]
        return in.transpose(in.reshape(padded, in.numbers(0, 0, shape.heads(), shape.headSize())), permutation);
    }

    /** [T] the cell of each token */
    private static String tokenCells(Nodes in, String packed) {
        var flat = in.reshape(PackedInput.TOKEN_OFFSET.id(), in.numbers(-1));
        var count = in.unsqueeze(in.size(packed, 0), 0);
        return in.graph().node("Slice", List.of(flat, in.numbers(0), count, in.numbers(0)));
    }
}
