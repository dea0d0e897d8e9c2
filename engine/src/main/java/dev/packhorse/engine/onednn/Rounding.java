package dev.packhorse.engine.onednn;

/**
 * Rounds sizes up, so that few kernels are compiled. Each takes some hundred kilobytes and a millisecond: with one for
 * every length up to 512 they took 1.2 GB, more than ten times the model.
 */
final class Rounding {

    /** No length is rounded up by as much as this. */
    static final int MOST = 128;

    private Rounding() {}

    /** Of a row's length: to a multiple of 8, and of an eighth of the power of two below it, at most 128. */
    static int length(int length) {
        return up(length, Math.max(8, Math.min(MOST, Integer.highestOneBit(length) / 8)));
    }

    /** Of a batch's tokens: to a multiple of 32, and of an eighth of the power of two below it. */
    static int tokens(int tokens) {
        return up(tokens, Math.max(32, Integer.highestOneBit(tokens) / 8));
    }

    private static int up(int value, int step) {
        return (value + step - 1) / step * step;
    }
}
