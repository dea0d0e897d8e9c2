package dev.packhorse.engine.output;

/** The cosine of the angle between two vectors, by which embeddings are compared. Thread-safe. */
public final class Cosine {

    private Cosine() {}

    /**
     * The cosine in float64; not a number where one of them is zero throughout.
     *
     * @param a [D]
     * @param b [D], as many numbers as the other
     * @return from -1 to 1
     */
    public static double of(float[] a, float[] b) {
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
