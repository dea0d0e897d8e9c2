package dev.packhorse.engine.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Cuts rows into batches by a token budget, longest rows first, so that the least is computed.
 *
 * <p>A batch computes its longest row times its rows where the encoder pads, and its tokens where it does not. Rows are
 * sorted by length and cut where the sum of that over all batches, plus a little for each batch, is smallest: with
 * padding, full batches where lengths are alike and smaller ones where they are not; without, as few batches as can be. In
 * both, rows of equal length stand together. The longest come first, for they need the most memory, and running out of
 * it costs least at the beginning.
 *
 * <p>The budget's meaning is that of text-embeddings-inference's {@code --max-batch-tokens} (core/src/queue.rs), which
 * cuts only when the budget is full. Immutable, thread-safe.
 */
public final class BatchPlanner {

    /**
     * What one more batch costs beside its tokens. Measured on MiniLM: 1.7 ms a call, the time of 5 tokens on one core;
     * taken higher, for smaller models.
     */
    private static final int BATCH_OVERHEAD_TOKENS = 16;

    private final int maxBatchTokens;
    private final boolean padded;

    /**
     * @param maxBatchTokens the most tokens in a batch, padding included
     * @param padded whether a batch costs its longest row times its rows (true) or its tokens (false)
     * @throws IllegalArgumentException when the budget is not positive
     */
    public BatchPlanner(int maxBatchTokens, boolean padded) {
        if (maxBatchTokens < 1) {
            throw new IllegalArgumentException("expected a token budget of at least 1, found " + maxBatchTokens);
        }
        this.padded = padded;
        this.maxBatchTokens = maxBatchTokens;
    }

    /**
     * Plans the batches for rows of the given lengths. A row longer than the budget gets a batch of its own.
     *
     * @param lengths [N] tokens per row, each at least 1
     * @return batches of row indices; together they hold each of 0 .. N - 1 exactly once. Equal lengths keep their
     *     order, so that the same rows always give the same plan
     */
    public List<int[]> plan(int[] lengths) {
        var order = longestFirst(lengths);
        var start = cheapestStarts(lengths, order);
        var batches = new ArrayList<int[]>();
        for (var end = order.length; end > 0; end = start[end]) {
            batches.add(Arrays.copyOfRange(order, start[end], end));
        }
        Collections.reverse(batches);
        return batches;
    }

    /**
     * Shortest path over the places where one may cut.
     *
     * @param order [N] row indices by falling length
     * @return [N + 1] where the batch starts that ends before place i, in the cheapest plan for the rows before i
     */
    private int[] cheapestStarts(int[] lengths, int[] order) {
        var cost = new long[order.length + 1]; // [N + 1] computed tokens of the cheapest plan for the rows before i
        var start = new int[order.length + 1];
        Arrays.fill(cost, Long.MAX_VALUE);
        cost[0] = 0;
        for (var from = 0; from < order.length; from++) {
            var longest = lengths[order[from]];
            var computed = 0L;
            for (var to = from + 1; to <= order.length; to++) {
                computed += padded ? longest : lengths[order[to - 1]];
                if (computed > maxBatchTokens && to > from + 1) {
                    break;
                }
                var through = cost[from] + computed + BATCH_OVERHEAD_TOKENS;
                if (through < cost[to]) {
                    cost[to] = through;
                    start[to] = from;
                }
            }
        }
        return start;
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
