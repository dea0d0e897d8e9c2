package dev.packhorse.jobs.bench;

import java.util.List;

/** The few figures that benchmarks print. */
final class Statistics {

    private Statistics() {}

    /** The middle value; of an even number the mean of the middle two. */
    static double median(List<Double> values) {
        var sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    /** The cosine of two vectors of one length. */
    static double cosine(float[] a, float[] b) {
        var product = 0.0;
        var squaresOfA = 0.0;
        var squaresOfB = 0.0;
        for (var d = 0; d < a.length; d++) {
            product += (double) a[d] * b[d];
            squaresOfA += (double) a[d] * a[d];
            squaresOfB += (double) b[d] * b[d];
        }
        return product / Math.sqrt(squaresOfA * squaresOfB);
    }
}
