package dev.packhorse.engine.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts rows into batches by a token budget, longest rows first.
 *
 * <p>Rows of like length end up together, so that an encoder that pads has almost nothing to pad, and the batch that
 * needs the most memory comes first, where running out of it costs least. A batch's cost is its longest row times its
 * rows: what a padded encoder computes, and never less than what a nested one does. The budget's meaning is that of
 * text-embeddings-inference's {@code --max-batch-tokens} (core/src/queue.rs).
 */
public final class BatchPlanner {

    private final int maxBatchTokens;

    /** @throws IllegalArgumentException when the budget is not positive */
    public BatchPlanner(int maxBatchTokens) {
        if (maxBatchTokens < 1) {
            throw new IllegalArgumentException("expected a token budget of at least 1, found " + maxBatchTokens);
        }
        this.maxBatchTokens = maxBatchTokens;
    }

    /**
     * Plans the batches for rows of the given lengths. A row longer than the budget gets a batch of its own.
     *
     * @param lengths [N] tokens per row
     * @return batches of row indices; together they hold each of 0 .. N - 1 exactly once. Equal lengths keep their
     *     order, so that the same rows always give the same plan
     */
    public List<int[]> plan(int[] lengths) {
        var order = longestFirst(lengths);
        var batches = new ArrayList<int[]>();
        for (var start = 0; start < order.length; ) {
            var longest = lengths[order[start]];
            var rows = Math.max(1, maxBatchTokens / Math.max(1, longest));
            var end = Math.min(order.length, start + rows);
            batches.add(Arrays.copyOfRange(order, start, end));
            start = end;
        }
        return batches;
    }

    /** Row indices by falling length; ties by rising index. */
    private static int[] longestFirst(int[] lengths) {
        // length in the high half, index in the low half: one primitive sort, no boxed comparator
        var keys = new long[lengths.length];
        for (var i = 0; i < lengths.length; i++) {
            keys[i] = ((long) (Integer.MAX_VALUE - lengths[i]) << Integer.SIZE) | i;
        }
        Arrays.sort(keys);
        var order = new int[keys.length];
        for (var i = 0; i < keys.length; i++) {
            order[i] = (int) keys[i];
        }
        return order;
    }
}
