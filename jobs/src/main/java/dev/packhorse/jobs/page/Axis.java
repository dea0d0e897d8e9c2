package dev.packhorse.jobs.page;

/**
 * What an axis measures.
 *
 * @param label with its unit, as in {@code real tokens/s}; empty for none
 * @param logarithmic what is not above 0 is not drawn on such an axis
 */
public record Axis(String label, boolean logarithmic) {

    /** An axis on which equal distances are equal differences. */
    public static Axis linear(String label) {
        return new Axis(label, false);
    }

    /** An axis on which equal distances are equal ratios. */
    public static Axis logarithmic(String label) {
        return new Axis(label, true);
    }
}
