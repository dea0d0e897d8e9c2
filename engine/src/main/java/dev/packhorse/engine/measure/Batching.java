package dev.packhorse.engine.measure;

import dev.packhorse.engine.plan.BatchPlanner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Which rows share a batch. Immutable. */
public sealed interface Batching {

    /**
     * Batches of row indices, each of 0 .. N - 1 in one of them.
     *
     * @param lengths [N] tokens per row
     * @param padded whether the encoder pads
     */
    List<int[]> plan(int[] lengths, boolean padded);

    /** The most tokens that an encoder must take at a time, padding not counted. */
    int mostTokens(int[] lengths);

    /**
     * Sorted by length and cut by a token budget, as jobs do it.
     *
     * @param maxBatchTokens the budget
     */
    record Planned(int maxBatchTokens) implements Batching {
        @Override
        public List<int[]> plan(int[] lengths, boolean padded) {
            return new BatchPlanner(maxBatchTokens, padded).plan(lengths);
        }

        @Override
        public int mostTokens(int[] lengths) {
            return maxBatchTokens;
        }
    }

    /**
     * So many rows after each other as they come, as people write it by hand.
     *
     * @param rows in a batch; fewer in the last
     */
    record Arrival(int rows) implements Batching {
        @Override
        public List<int[]> plan(int[] lengths, boolean padded) {
            var batches = new ArrayList<int[]>();
            for (var start = 0; start < lengths.length; start += rows) {
                batches.add(IntStream.range(start, Math.min(lengths.length, start + rows))
                        .toArray());
            }
            return batches;
        }

        @Override
        public int mostTokens(int[] lengths) {
            return plan(lengths, true).stream()
                    .mapToInt(batch -> Arrays.stream(batch).map(i -> lengths[i]).sum())
                    .max()
                    .orElse(1);
        }
    }
}
