package dev.packhorse.engine.onednn;

import dev.packhorse.engine.transformer.LayerAttention;

/**
 * How many queries of a row are attended at a time, and over how many keys: what attention's kernels are made for. Short
 * rows are one block. Of long ones, so many queries are taken that one head's scores stay in a second-level cache; and
 * where queries see a window only, so many keys as a block's windows reach.
 *
 * @param queries Q
 * @param keys K
 */
record Block(int queries, int keys) {

    /** How many scores are made at a time, where one head has less: 1 MiB of float32. */
    static final int SCORES = 1 << 18;

    /** Fewer queries would make the matmuls slow. */
    private static final int FEWEST_QUERIES = 32;

    /** Queries of a block whose keys are within a window, or as many as the window reaches to one side. */
    private static final int WINDOW_QUERIES = 128;

    /**
     * The blocks of a row.
     *
     * @param length of the row, at least 1
     */
    static Block of(int length, LayerAttention attention) {
        var rounded = Rounding.length(length);
        if (attention.window() < length) {
            var reach = (attention.window() + 7) / 8 * 8;
            var queries = Math.max(WINDOW_QUERIES, Integer.highestOneBit(reach));
            while (queries > FEWEST_QUERIES && queries * (queries + 2L * reach) > SCORES) {
                queries /= 2;
            }
            if (queries + 2 * reach < rounded) {
                return new Block(queries, queries + 2 * reach);
            }
        }
        return rounded * rounded <= SCORES
                ? new Block(rounded, rounded)
                : new Block(Math.max(FEWEST_QUERIES, Integer.highestOneBit(SCORES / rounded)), rounded);
    }

    /** The most scores that rows of up to {@code longest} tokens need at a time. */
    static int mostScores(int longest) {
        return Math.max(SCORES, Math.multiplyExact(FEWEST_QUERIES, Rounding.length(longest)));
    }

    /** Where a block's queries begin that shall hold query {@code first}: the last blocks lie over one another. */
    int firstQuery(int first, int length) {
        return Math.min(first, Rounding.length(length) - queries);
    }

    /** Where the keys begin that a block's queries see, of those from {@code firstQuery} on. */
    int firstKey(int firstQuery, int length) {
        var margin = (keys - queries) / 2;
        return Math.max(0, Math.min(firstQuery - margin, Rounding.length(length) - keys));
    }
}
