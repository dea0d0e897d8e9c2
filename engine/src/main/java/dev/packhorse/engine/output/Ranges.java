package dev.packhorse.engine.output;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The least and the greatest number of each dimension over many vectors: what sentence-transformers calls ranges, [2, D].
 *
 * @param least [D]; not copied, treat as immutable
 * @param greatest [D]; not copied, treat as immutable
 */
public record Ranges(float[] least, float[] greatest) implements Serializable {

    /** @throws IllegalArgumentException when they are not one of each for each dimension, the least first */
    public Ranges {
        if (least.length != greatest.length) {
            throw new IllegalArgumentException("expected as many greatest numbers as the %d least ones, found %d"
                    .formatted(least.length, greatest.length));
        }
        for (var d = 0; d < least.length; d++) {
            if (!(least[d] <= greatest[d])) {
                throw new IllegalArgumentException(
                        "expected a range for dimension %d, found %s to %s".formatted(d, least[d], greatest[d]));
            }
        }
    }

    /** D, how many numbers a vector has. */
    public int dimension() {
        return least.length;
    }

    /**
     * The ranges of both sets of vectors together.
     *
     * @throws IllegalArgumentException when the other's are of another dimension
     */
    public Ranges and(Ranges other) {
        var both = new RangeFinder(dimension());
        both.add(least);
        both.add(greatest);
        both.add(other.least);
        both.add(other.greatest);
        return both.found().orElseThrow();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Ranges ranges
                && Arrays.equals(least, ranges.least)
                && Arrays.equals(greatest, ranges.greatest);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(least) + Arrays.hashCode(greatest);
    }

    @Override
    public String toString() {
        return "Ranges[%s, %s]".formatted(Arrays.toString(least), Arrays.toString(greatest));
    }
}
