package dev.packhorse.engine.transformer;

import dev.packhorse.engine.transformer.TransformerShape.NormOrder;
import java.util.ArrayList;
import java.util.List;

/** Shapes of no family: every part in every place. */
public final class OddShapes {

    private OddShapes() {}

    /** @param bert of two layers, of which the others are made; a head size of 8 */
    public static List<TransformerShape> of(TransformerShape bert) {
        var rotated = new LayerAttention(LayerAttention.ALL, Rotation.of(10_000));
        var near = new LayerAttention(9, new Rotation(500, 0.7));
        var shapes = new ArrayList<TransformerShape>();
        for (var order : NormOrder.values()) {
            for (var activation : Activation.values()) {
                for (var gated : new boolean[] {false, true}) {
                    shapes.add(bert.with(order).with(new FeedForward(activation, gated)));
                }
            }
            shapes.add(bert.with(order).with(List.of(rotated, near)));
            shapes.add(bert.with(order).with(List.of(near, near)).withRelativePositions());
            shapes.add(bert.with(order).withEmbedding(8).withPadding(7));
            shapes.add(bert.with(order).withEmbedding(40).withRelativePositions());
        }
        return shapes;
    }
}
