package dev.packhorse.engine;

import dev.packhorse.engine.output.Cosine;

/**
 * How near vectors come to the expected ones, at the worst of them: a mean would hide one bad row among thousands.
 *
 * @param cosine the lowest cosine of a row with its expected row; -1 where one is not a number, which would pass for any
 * @param difference the largest absolute difference of an element; NaN where one is NaN
 */
public record Closeness(double cosine, double difference) {

    /** Compares row by row; both are [N][D]. */
    public static Closeness worst(float[][] expected, float[][] found) {
        if (expected.length != found.length) {
            throw new IllegalArgumentException("expected %d rows, found %d".formatted(expected.length, found.length));
        }
        var cosine = 1.0;
        var difference = 0.0;
        for (var i = 0; i < expected.length; i++) {
            cosine = Math.min(cosine, cosine(expected[i], found[i]));
            difference = Math.max(difference, difference(expected[i], found[i]));
        }
        return new Closeness(cosine, difference);
    }

    private static double cosine(float[] expected, float[] found) {
        var cosine = Cosine.of(expected, found);
        return Double.isNaN(cosine) ? -1 : cosine; // NaN is greater than all numbers to AssertJ and to sort()
    }

    /** The largest absolute difference of two vectors' elements. */
    public static double difference(float[] expected, float[] found) {
        if (expected.length != found.length) {
            throw new IllegalArgumentException(
                    "expected %d elements, found %d".formatted(expected.length, found.length));
        }
        var difference = 0.0;
        for (var d = 0; d < expected.length; d++) {
            difference = Math.max(difference, Math.abs((double) expected[d] - found[d]));
        }
        return difference;
    }
}
