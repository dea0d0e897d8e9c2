package dev.packhorse.engine.packed;

import dev.packhorse.engine.onnxgraph.Attribute;
import dev.packhorse.engine.onnxgraph.ElementType;
import dev.packhorse.engine.onnxgraph.Nodes;
import java.util.List;

/**
 * The padded rectangle of a launch, computed from its cumulative lengths.
 *
 * @param places [1, S] int32: 0, 1, ..
 * @param firsts [B, 1] int32 the first token of each row
 * @param lasts [B, 1] int32 the last token of each row
 * @param lengths [B, 1] int32
 * @param tokens [B, S] int32 the token in each cell; in cells of padding, the row's last
 */
record RowCells(String places, String firsts, String lasts, String lengths, String tokens) {

    static RowCells of(Nodes in) {
        var sums = PackedInput.CUMULATIVE_LENGTHS.id();
        var firsts = in.unsqueeze(slice(in, sums, 0, -1), 1);
        var ends = in.unsqueeze(slice(in, sums, 1, Integer.MAX_VALUE), 1);
        var places = in.unsqueeze(range(in), 0);
        var lasts = in.both("Sub", ends, int32(in, 1));
        var tokens = in.both("Min", in.both("Add", firsts, places), lasts);
        return new RowCells(places, firsts, lasts, in.both("Sub", ends, firsts), tokens);
    }

    /** [S] int32: 0, 1, .. */
    static String range(Nodes in) {
        var size = in.size(PackedInput.TOKEN_OFFSET.id(), 1);
        var range = in.graph().node("Range", List.of(in.scalar(0), size, in.scalar(1)));
        return in.cast(range, ElementType.INT32);
    }

    /** A single int32. */
    static String int32(Nodes in, int value) {
        return in.cast(in.scalar(value), ElementType.INT32);
    }

    /** Some of the first dimension. */
    static String slice(Nodes in, String value, long from, long to) {
        return in.graph().node("Slice", List.of(value, in.numbers(from), in.numbers(to), in.numbers(0)));
    }

    /** [B, S] float32: one where the cell is a token from place {@code skipped} of its row on, the other elsewhere. */
    String where(Nodes in, int skipped, String inside, String outside) {
        var real = in.both("Less", places, lengths);
        var pooled = skipped == 0
                ? real
                : in.both("And", real, in.graph().node("Not", List.of(in.both("Less", places, int32(in, skipped)))));
        return in.graph().node("Where", List.of(pooled, inside, outside));
    }

    /** The same number in another type. */
    static String floats(Nodes in, String value) {
        return in.graph().node("Cast", List.of(value), Attribute.of("to", ElementType.FLOAT.code()));
    }
}
