package dev.packhorse.engine.pooling;

/** The error function, for the reference encoder and for the few numbers of a dense module. Thread-safe. */
public final class Erf {

    private Erf() {}

    /**
     * Its Maclaurin series (Abramowitz and Stegun 7.1.6, whose terms are all positive), which gives float's accuracy up to
     * 4; beyond that it is 1 to float's accuracy.
     */
    public static double of(double x) {
        if (Double.isNaN(x) || Math.abs(x) > 4) {
            return Math.signum(x);
        }
        var term = x;
        var sum = x;
        for (var n = 1; Math.abs(term) > 1e-12 * Math.abs(sum); n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }
}
