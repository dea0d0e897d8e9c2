package dev.packhorse.engine.packed;

import dev.packhorse.engine.onnxgraph.Attribute;
import dev.packhorse.engine.onnxgraph.ElementType;
import dev.packhorse.engine.onnxgraph.Operator;
import dev.packhorse.engine.packed.NormNodes.Tokens;
import dev.packhorse.engine.transformer.Activation;
import dev.packhorse.engine.transformer.Dense;
import dev.packhorse.engine.transformer.LayerWeights;
import dev.packhorse.engine.transformer.Norm;
import dev.packhorse.engine.transformer.Rotation;
import dev.packhorse.engine.transformer.TransformerShape.NormOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The layers of a graph, one after the other. */
final class LayerNodes {

    private final GraphContext context;
    private final Flavour flavour;
    private final RowCells cells;
    private final DistanceBias biases;
    private final Map<Rotation, List<String>> turns = new HashMap<>(); // cosines and sines, [P, head size / 2] each

    LayerNodes(GraphContext context, Flavour flavour, RowCells cells, DistanceBias biases) {
        this.context = context;
        this.flavour = flavour;
        this.cells = cells;
        this.biases = biases;
    }

    /**
     * Adds one.
     *
     * @param nextNorm where norms stand before the sublayers, that of the layer behind it, or the last of all
     */
    Tokens of(int index, LayerWeights weights, Tokens tokens, Optional<Norm> nextNorm) {
        var layer = context.in("layer." + index);
        var attended = attention(layer.in("attention"), index, weights, tokens.input());
        var after = context.shape().normOrder() == NormOrder.AFTER;
        var between = NormNodes.joined(
                layer.in("attention.output"),
                tokens.stream(),
                attended,
                outputBias(weights, context.shape().hidden()),
                after ? weights.attentionNorm() : Optional.of(weights.feedForwardNorm()));
        return NormNodes.joined(
                layer.in("feed_forward.output"),
                between.stream(),
                feedForward(layer.in("feed_forward"), weights, between.input()),
                weights.down().bias(),
                after ? Optional.of(weights.feedForwardNorm()) : nextNorm);
    }

    /** @return name of what attention gives, [T, H], without its bias */
    private String attention(GraphContext in, int index, LayerWeights weights, String input) {
        var h = context.shape().hidden();
        var attention = context.shape().layers().get(index);
        var all = weights.queryKeyValue();
        var queries = turned(in, attention.rotation(), in.mapped("query", all.outputs(0, h), input));
        var key = all.outputs(h, h);
        // a key's bias adds the same to all scores of a query, which the softmax takes away again; not so where it is
        // turned
        var keys = attention.rotation().turns() ? in.mapped("key", key, input) : in.multiplied("key", key, input);
        var values = in.multiplied("value", all.outputs(2 * h, h), input); // its bias: see outputBias
        var attended = AttentionNodes.of(
                in.in("packed"),
                flavour,
                List.of(queries, turned(in, attention.rotation(), keys), values),
                biases.of(attention),
                cells);
        return in.multiplied("output", weights.attentionOutput(), attended);
    }

    /**
     * The bias of attention's output with that of the values in it, [H]: shares that sum to 1 of {@code v + b} are shares of
     * v, plus b, which the output's map then maps.
     */
    private static float[] outputBias(LayerWeights weights, int h) {
        var values = weights.queryKeyValue().outputs(2 * h, h).bias();
        var output = weights.attentionOutput();
        var bias = new float[h];
        for (var n = 0; n < h; n++) {
            var sum = (double) output.bias()[n];
            for (var k = 0; k < h; k++) {
                sum += (double) output.weight()[n * h + k] * values[k];
            }
            bias[n] = (float) sum;
        }
        return bias;
    }

    private String turned(GraphContext in, Rotation rotation, String value) {
        if (!rotation.turns()) {
            return value;
        }
        var nodes = in.nodes();
        var tables = turns.computeIfAbsent(rotation, this::tables);
        var places = nodes.unsqueeze(nodes.cast(PackedInput.PLACES.id(), ElementType.INT64), 0); // [1, T]
        var turned = nodes.graph()
                .node(
                        Operator.contributed("RotaryEmbedding"),
                        List.of(nodes.unsqueeze(value, 0), places, tables.get(0), tables.get(1)),
                        Attribute.of("num_heads", context.shape().heads()),
                        Attribute.of("is_packed_batching", 1)); // else it wants no more tokens than positions
        return nodes.reshape(turned, nodes.numbers(-1, context.shape().hidden()));
    }

    private List<String> tables(Rotation rotation) {
        var positions = context.shape().positions();
        var angles = rotation.anglesPerPosition(context.shape().headSize());
        var cosines = new float[positions * angles.length];
        var sines = new float[positions * angles.length];
        for (var i = 0; i < cosines.length; i++) {
            var position = i / angles.length;
            var angle = position * angles[i % angles.length];
            cosines[i] = (float) Math.cos(angle);
            sines[i] = (float) Math.sin(angle);
        }
        var in = context.in("rotation_" + turns.size());
        return List.of(
                in.weight("cosines", in.type(), cosines, positions, angles.length),
                in.weight("sines", in.type(), sines, positions, angles.length));
    }

    /** @return name of what it gives, [T, H], without its bias */
    private String feedForward(GraphContext in, LayerWeights weights, String input) {
        var raised = activated(in, context.shape().feedForward().activation(), weights.up(), input);
        var inner = weights.gate()
                .map(gate -> in.nodes().both("Mul", raised, in.mapped("gate", gate, input)))
                .orElse(raised);
        return in.multiplied("down", weights.down(), inner);
    }

    private static String activated(GraphContext in, Activation activation, Dense up, String input) {
        return switch (activation) {
            case GELU -> fused(in, "BiasGelu", up, input);
            case GELU_TANH -> fused(in, "FastGelu", up, input);
            case RELU -> in.nodes().graph().node("Relu", List.of(in.mapped("up", up, input)));
            case SILU ->
                in.nodes()
                        .graph()
                        .node(
                                Operator.contributed("QuickGelu"), // x times the logistic function at alpha x
                                List.of(in.mapped("up", up, input)),
                                Attribute.of("alpha", 1f));
        };
    }

    private static String fused(GraphContext in, String operator, Dense up, String input) {
        var bias = in.weight("up.bias", in.type(), up.bias(), up.outputs());
        return in.nodes().graph().node(Operator.contributed(operator), List.of(in.multiplied("up", up, input), bias));
    }
}
