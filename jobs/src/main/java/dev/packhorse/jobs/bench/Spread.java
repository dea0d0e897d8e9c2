package dev.packhorse.jobs.bench;

import java.util.Arrays;

/**
 * A figure that was measured several times.
 *
 * @param median the middle one
 * @param least the smallest
 * @param most the greatest
 */
record Spread(double median, double least, double most) {

    /** @param values [runs], at least one */
    static Spread of(double[] values) {
        return new Spread(
                Statistics.median(values),
                Arrays.stream(values).min().orElseThrow(),
                Arrays.stream(values).max().orElseThrow());
    }
}
