package dev.packhorse.jobs.bench;

import java.util.Locale;

/** Figures as tables show them, in English whatever the locale; nothing for what is not a number. */
final class Cells {

    private Cells() {}

    static String whole(double value) {
        return shown("%,.0f", value);
    }

    static String decimals(double value, int digits) {
        return shown("%,." + digits + "f", value);
    }

    static String percent(double share) {
        return shown("%.1f%%", 100 * share);
    }

    /** Milliseconds, with as many digits as say something. */
    static String millis(double value) {
        return shown(value < 10 ? "%.2f" : value < 1000 ? "%.1f" : "%,.0f", value);
    }

    private static String shown(String format, double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "";
    }
}
