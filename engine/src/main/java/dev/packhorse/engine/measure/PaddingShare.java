package dev.packhorse.engine.measure;

import java.util.Random;

/**
 * Lengths of rows that make a given share of a padded batch padding, everything else being equal: every batch has as many
 * rows, and its longest is as long, whatever the share; so the padded batch is the same, and only what is real in it differs.
 */
public final class PaddingShare {

    /** Shorter rows would be nothing but special tokens. */
    private static final int SHORTEST = 3;

    private PaddingShare() {}

    /**
     * Lengths of the rows of several batches, one batch after the other.
     *
     * @param share of each padded batch that is padding, 0 to below 1
     * @param rows in a batch, at least 2
     * @param longest of each batch, in tokens
     * @param random shuffles and scatters the lengths around their mean
     * @return [batches * rows]
     * @throws IllegalArgumentException when no lengths make such a share
     */
    public static int[] lengths(double share, int batches, int rows, int longest, Random random) {
        var real = Math.round((1 - share) * rows * longest);
        var rest = real - longest; // one row is the longest
        if (share < 0 || rest < (long) (rows - 1) * SHORTEST) {
            throw new IllegalArgumentException(
                    "expected batches that can be %.0f%% padding, found %d rows of at most %d tokens; take more or longer rows"
                            .formatted(100 * share, rows, longest));
        }
        var lengths = new int[batches * rows];
        for (var b = 0; b < batches; b++) {
            var batch = batch(rest, rows, longest, random);
            System.arraycopy(batch, 0, lengths, b * rows, rows);
        }
        return lengths;
    }

    /** @param rest tokens of all rows but the longest */
    private static int[] batch(long rest, int rows, int longest, Random random) {
        var batch = new int[rows]; // [rows]
        batch[rows - 1] = longest;
        var left = rest;
        for (var i = 0; i < rows - 1; i++) {
            var others = rows - 2 - i;
            // what the others can still hold and need bounds what this one takes
            var least = Math.max(SHORTEST, left - (long) others * longest);
            var most = Math.min(longest, left - (long) others * SHORTEST);
            var mean = (double) left / (others + 1);
            var reach = Math.min(mean - least, most - mean);
            batch[i] = (int) Math.round(mean + reach * (2 * random.nextDouble() - 1));
            left -= batch[i];
        }
        for (var i = rows - 1; i > 0; i--) {
            var j = random.nextInt(i + 1);
            var held = batch[i];
            batch[i] = batch[j];
            batch[j] = held;
        }
        return batch;
    }
}
