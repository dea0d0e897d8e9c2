package dev.packhorse.engine.packed;

import dev.packhorse.engine.onnxgraph.Attribute;
import dev.packhorse.engine.onnxgraph.ElementType;
import dev.packhorse.engine.onnxgraph.Operator;
import dev.packhorse.engine.transformer.Norm;
import dev.packhorse.engine.transformer.TransformerShape.NormOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Layer norms, and the residuals that lead to them. Where norms stand before the sublayers, the residual stream grows from
 * layer to layer and is never normed: it stays float32, whatever the rest is.
 */
final class NormNodes {

    private static final Operator SKIP = Operator.contributed("SkipLayerNormalization");
    private static final int SUM = 3;

    private NormNodes() {}

    /**
     * What a sublayer leaves.
     *
     * @param stream name of what the next residual is added to, [T, H], of {@link #streamType}
     * @param input name of what the next sublayer gets, [T, H], of the context's type
     */
    record Tokens(String stream, String input) {}

    /** What the residual stream is of. */
    static ElementType streamType(GraphContext context) {
        return switch (context.shape().normOrder()) {
            case AFTER -> context.type();
            case BEFORE -> ElementType.FLOAT;
        };
    }

    /** The norm of a sum, in one operator. */
    static String ofSum(GraphContext context, String name, Norm norm, String left, String right, ElementType type) {
        return context.nodes()
                .graph()
                .node(
                        SKIP,
                        List.of(left, right, scale(context, name, norm, type), shift(context, name, norm, type)),
                        Attribute.of("epsilon", context.shape().epsilon()));
    }

    /** A norm alone. */
    static String of(GraphContext context, String name, Norm norm, String value, ElementType type) {
        return context.nodes()
                .graph()
                .node(
                        "LayerNormalization",
                        List.of(value, scale(context, name, norm, type), shift(context, name, norm, type)),
                        Attribute.of("axis", -1),
                        Attribute.of("epsilon", context.shape().epsilon()));
    }

    private static String scale(GraphContext context, String name, Norm norm, ElementType type) {
        return context.weight(name + ".scale", type, norm.scale(), norm.scale().length);
    }

    private static String shift(GraphContext context, String name, Norm norm, ElementType type) {
        return context.weight(name + ".shift", type, norm.shift(), norm.shift().length);
    }

    /** Before the first layer: its own norm, where there is one. */
    static Tokens first(GraphContext context, String embedded, Optional<Norm> norm) {
        var type = streamType(context);
        var stream = context.converted(embedded, context.type(), type);
        var input = norm.map(n -> context.converted(of(context, "norm", n, stream, type), type, context.type()));
        return new Tokens(stream, input.orElse(embedded));
    }

    /**
     * A sublayer's answer and its bias on the stream, and what norm follows, in one operator.
     *
     * @param answer name of what the sublayer gives, [T, H]
     * @param bias [H] that it has not added yet
     * @param norm the next on the way; empty where there is none
     */
    static Tokens joined(GraphContext context, String stream, String answer, float[] bias, Optional<Norm> norm) {
        var type = streamType(context);
        var converted = context.converted(answer, context.type(), type);
        var added = context.weight("bias", type, bias, bias.length);
        if (norm.isEmpty()) {
            var sum = context.nodes().both("Add", context.nodes().both("Add", converted, added), stream);
            return new Tokens(sum, context.converted(sum, type, context.type()));
        }
        var inputs = new ArrayList<>(List.of(converted, stream));
        inputs.add(scale(context, "norm", norm.get(), type));
        inputs.add(shift(context, "norm", norm.get(), type));
        inputs.add(added);
        var sumGoesOn = context.shape().normOrder() == NormOrder.BEFORE;
        var made = context.nodes()
                .graph()
                .node(
                        SKIP,
                        sumGoesOn ? List.of(0, SUM) : List.of(0),
                        inputs,
                        Attribute.of("epsilon", context.shape().epsilon()));
        return new Tokens(made.get(made.size() - 1), context.converted(made.get(0), type, context.type()));
    }
}
