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
}
