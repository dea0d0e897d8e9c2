package dev.packhorse.engine.gpu;

import dev.packhorse.engine.nested.NestedBatch;
import java.util.List;

/**
 * Some rows of a batch, which stays its owner's.
 *
 * @param batch whose
 * @param from the first of them
 * @param to behind the last of them, above {@code from}
 */
public record RowSlice(NestedBatch batch, int from, int to) {

    /** @throws IllegalArgumentException when there is no such row */
    public RowSlice {
        if (from < 0 || to <= from || to > batch.size()) {
            throw new IllegalArgumentException(
                    "expected rows of a batch of %d, found %d to %d".formatted(batch.size(), from, to));
        }
    }

    /** All of a batch. */
    public static RowSlice of(NestedBatch batch) {
        return new RowSlice(batch, 0, batch.size());
    }

    /** How many rows. */
    public int rows() {
        return to - from;
    }

    /** How many rows several have together. */
    public static int rows(List<RowSlice> slices) {
        return slices.stream().mapToInt(RowSlice::rows).sum();
    }

    /** How many tokens they have together. */
    public int tokens() {
        var offsets = batch.offsets();
        return offsets.get(to) - offsets.get(from);
    }
}
