package dev.packhorse.jobs.bench;

import java.util.Arrays;
import java.util.List;

/**
 * The tokens of real texts one after the other, out of which rows of any length are cut: words as they follow each other, between
 * the special tokens that the tokenizer puts around a text. Begins anew at its end. Not thread-safe.
 */
final class TokenStream {

    private final int first;
    private final int last;
    private final int[] tokens; // [N] without special ones
    private int next;

    /** @param rows token ids of texts, each with a special token at either end; one of them has more than these */
    TokenStream(List<int[]> rows) {
        var row = rows.get(0);
        this.first = row[0];
        this.last = row[row.length - 1];
        this.tokens = rows.stream()
                .flatMapToInt(ids -> Arrays.stream(ids, 1, Math.max(1, ids.length - 1)))
                .toArray();
        if (tokens.length == 0) {
            throw new IllegalArgumentException("expected texts with tokens, found none");
        }
    }

    /** Rows of these lengths, each at least 2. */
    List<int[]> rows(int[] lengths) {
        return Arrays.stream(lengths).mapToObj(this::row).toList();
    }

    private int[] row(int length) {
        var row = new int[length];
        row[0] = first;
        for (var i = 1; i < length - 1; i++) {
            row[i] = tokens[next];
            next = (next + 1) % tokens.length;
        }
        row[length - 1] = last;
        return row;
    }
}
