package dev.packhorse.engine.packed;

import dev.packhorse.engine.transformer.LayerAttention;
import dev.packhorse.engine.transformer.TransformerShape;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is added to attention's scores by the distance of key and query: a model's own biases, and so much less than nothing
 * beyond a layer's window that the softmax makes 0 of it. Layers with the same window share one.
 */
final class DistanceBias {

    /** What is beyond the window: no infinity, which would make NaN where a block of keys has nothing else. */
    private static final float UNSEEN = -10_000;

    private final GraphContext context;
    private final float[] relative; // [heads, 2 P - 1] or nothing
    private final Map<Integer, String> byWindow = new HashMap<>();

    /** @param relative as {@link dev.packhorse.engine.transformer.TransformerWeights#relativeBias} */
    DistanceBias(GraphContext context, float[] relative) {
        this.context = context;
        this.relative = relative;
    }

    /** Whether any layer of a model needs one. */
    static boolean isNeeded(TransformerShape shape) {
        return shape.relativePositions()
                || shape.layers().stream().anyMatch(layer -> layer.window() != LayerAttention.ALL);
    }

    /** Name of what a layer's scores get, [1, heads or 1, S, S]; empty where that is nothing. */
    Optional<String> of(LayerAttention layer) {
        if (relative.length == 0 && layer.window() == LayerAttention.ALL) {
            return Optional.empty();
        }
        return Optional.of(byWindow.computeIfAbsent(layer.window(), this::nodes));
    }

    private String nodes(int window) {
        var in = context.in("distance_bias");
        var nodes = in.nodes();
        var positions = context.shape().positions();
        var heads = relative.length == 0 ? 1 : context.shape().heads();
        var table = in.weight(
                window == LayerAttention.ALL ? "all" : "window_" + window,
                context.type(),
                table(window, heads, positions),
                heads,
                2L * positions - 1);
        var places = RowCells.range(nodes);
        var distances = nodes.both("Sub", nodes.unsqueeze(places, 0), nodes.unsqueeze(places, 1)); // key - query
        var columns = nodes.both("Add", distances, RowCells.int32(nodes, positions - 1));
        // a rectangle that is rounded up may be wider than the table, but not its rows
        var most = RowCells.int32(nodes, 2 * positions - 2);
        var inside = nodes.both("Max", nodes.both("Min", columns, most), RowCells.int32(nodes, 0));
        return nodes.unsqueeze(nodes.gather(table, inside, 1), 0);
    }

    /** [heads, 2 P - 1] */
    private float[] table(int window, int heads, int positions) {
        var distances = 2 * positions - 1;
        var table = new float[heads * distances];
        for (var head = 0; head < heads; head++) {
            for (var i = 0; i < distances; i++) {
                var at = head * distances + i;
                table[at] = Math.abs(i - (positions - 1)) > window ? UNSEEN : relative.length == 0 ? 0 : relative[at];
            }
        }
        return table;
    }
}
