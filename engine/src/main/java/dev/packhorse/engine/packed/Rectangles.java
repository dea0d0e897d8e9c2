package dev.packhorse.engine.packed;

import dev.packhorse.engine.gpu.RowSlice;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Cuts the rows of a launch where their padded rectangle would be too large: pooling spreads rows out, and a few long rows before
 * many short ones have few tokens but a rectangle without end. CUDA's kernels count elements in 32 bits, and say nothing when
 * that is not enough.
 */
final class Rectangles {

    private Rectangles() {}

    /**
     * Cuts them, in their order.
     *
     * @param mostCells how many cells a rectangle may have by its width; a row that is wider goes alone
     * @return parts, each of at least one row
     */
    static List<List<RowSlice>> cut(List<RowSlice> slices, IntUnaryOperator mostCells) {
        var parts = new ArrayList<List<RowSlice>>();
        var part = new ArrayList<RowSlice>();
        var rows = 0;
        var width = 0;
        for (var slice : slices) {
            var offsets = slice.batch().offsets();
            var from = slice.from();
            for (var b = slice.from(); b < slice.to(); b++) {
                var wider = Math.max(width, offsets.get(b + 1) - offsets.get(b));
                if (rows > 0 && (rows + 1L) * wider > mostCells.applyAsInt(wider)) {
                    if (b > from) {
                        part.add(new RowSlice(slice.batch(), from, b));
                    }
                    parts.add(part);
                    part = new ArrayList<>();
                    rows = 0;
                    from = b;
                    wider = offsets.get(b + 1) - offsets.get(b);
                }
                rows++;
                width = wider;
            }
            part.add(new RowSlice(slice.batch(), from, slice.to()));
        }
        parts.add(part);
        return parts;
    }
}
