package dev.packhorse.engine.output;

import java.util.Arrays;
import java.util.Optional;

/** Finds the ranges of vectors that come one after the other. Not thread-safe. */
public final class RangeFinder {

    private final float[] least; // [D]
    private final float[] greatest; // [D]
    private boolean any;

    /** @param dimension D */
    public RangeFinder(int dimension) {
        least = new float[dimension];
        greatest = new float[dimension];
        Arrays.fill(least, Float.POSITIVE_INFINITY);
        Arrays.fill(greatest, Float.NEGATIVE_INFINITY);
    }

    /**
     * Takes one more vector into account.
     *
     * @param vector [D]; not kept
     * @throws IllegalArgumentException when it is of another length
     */
    public void add(float[] vector) {
        if (vector.length != least.length) {
            throw new IllegalArgumentException(
                    "expected a vector of %d numbers, found %d".formatted(least.length, vector.length));
        }
        any = true;
        for (var d = 0; d < vector.length; d++) {
            least[d] = Math.min(least[d], vector[d]);
            greatest[d] = Math.max(greatest[d], vector[d]);
        }
    }

    /** The ranges of the vectors so far; nothing where there were none. */
    public Optional<Ranges> found() {
        return any ? Optional.of(new Ranges(least.clone(), greatest.clone())) : Optional.empty();
    }
}
