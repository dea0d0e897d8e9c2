package dev.packhorse.jobs.bench;

import java.util.Arrays;
import java.util.List;

/** The few figures that benchmarks print. */
final class Statistics {

    private Statistics() {}

    /** The middle value; of an even number the mean of the middle two. */
    static double median(List<Double> values) {
        return median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** The same of an array, [n]; NaN of none. */
    static double median(double[] values) {
        if (values.length == 0) {
            return Double.NaN;
        }
        var sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    /**
     * The smallest value that so many of all are not above (nearest rank); NaN of none.
     *
     * @param values [n]
     * @param share above 0, to 1
     */
    static double percentile(double[] values, double share) {
        if (values.length == 0) {
            return Double.NaN;
        }
        var sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.ceil(share * sorted.length) - 1];
    }
}
