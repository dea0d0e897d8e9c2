package dev.packhorse.engine.synthetic;

import dev.packhorse.engine.onnxgraph.Attribute;
import dev.packhorse.engine.onnxgraph.ElementType;
import dev.packhorse.engine.onnxgraph.Tensor;
import java.util.List;

/**
 * What an exported graph makes of attention_mask: transformers' masking_utils.py, whose mask functions of batch, query and
 * key come out as grids of indices.
 *
 * @param batch name of the hidden states' first size
 * @param queries of their second
 */
record GraphMask(Operations in, String batch, String queries) {

    /** @return name of what is added to scores, [batch, 1, sequence, sequence]: 0, or the least float where padding is */
    String of(String mask) {
        var real = in.cast(mask, ElementType.BOOL);
        var keys = in.size(real, 1);
        var batches = in.unsqueeze(range(batch), 1, 2, 3); // [batch, 1, 1, 1]
        var rows = in.unsqueeze(range(queries), 0, 1, 3); // [1, 1, sequence, 1]
        var columns = in.unsqueeze(range(keys), 0, 1, 2); // [1, 1, 1, sequence]
        var yes = in.graph()
                .node(
                        "ConstantOfShape",
                        List.of(in.numbers()),
                        Attribute.of("value", new Tensor(ElementType.BOOL, new long[] {1}, new byte[] {1})));
        var seen = in.cast(in.both("GreaterOrEqual", rows, in.scalar(0)), ElementType.BOOL);
        var both = in.both("And", in.both("And", yes, seen), picked(real, batches, columns));
        var sizes = in.concat(
                List.of(in.unsqueeze(batch, 0), in.numbers(-1), in.unsqueeze(queries, 0), in.unsqueeze(keys, 0)));
        var allowed = in.expand(both, sizes);
        return in.graph().node("Where", List.of(allowed, in.scalar(0.0), in.scalar(-Float.MAX_VALUE)));
    }

    private String range(String size) {
        var end = in.cast(size, ElementType.INT64);
        return in.graph().node("Range", List.of(in.scalar(0), end, in.scalar(1)));
    }

    /** torch's index of a matrix by two grids, as opset 17 has it: [batch, 1, 1, sequence] */
    private String picked(String matrix, String rows, String columns) {
        var width = in.row(in.shape(matrix), in.numbers(1));
        var flat = in.graph().node("Flatten", List.of(matrix), Attribute.of("axis", 2));
        var places = in.both("Add", columns, in.both("Mul", rows, width));
        var values = in.row(flat, places);
        var shape = in.shape(places);
        var one = in.reshape(values, in.numbers(-1));
        return in.cast(in.reshape(one, in.concat(List.of(shape))), ElementType.BOOL);
    }
}
