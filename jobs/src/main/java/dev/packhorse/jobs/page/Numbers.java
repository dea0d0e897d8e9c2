package dev.packhorse.jobs.page;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Pattern;

/** Numbers as people read them, in English whatever the locale. */
final class Numbers {

    /** With a unit of a few signs behind it, such as {@code 12.5 ms}, {@code 1,024 tokens/s}, {@code 2.1x}. */
    private static final Pattern NUMBER =
            Pattern.compile("[-+\u2212]?[0-9][0-9,]*(\\.[0-9]+)?([eE][-+]?[0-9]+)?\\s?[^\\s0-9]{0,10}");

    private static final Pattern NONE = Pattern.compile("[-\u2013\u2014\u2212]?");

    private Numbers() {}

    /** Whole numbers in full, others to four digits; empty where it is not finite. */
    static String text(double number) {
        if (!Double.isFinite(number)) {
            return "";
        }
        if (number == Math.rint(number) && Math.abs(number) < 1e15) {
            return String.format(Locale.ROOT, "%,d", (long) number);
        }
        if (Math.abs(number) >= 1000) {
            return String.format(Locale.ROOT, "%,d", Math.round(number));
        }
        var rounded = new BigDecimal(number).round(new MathContext(4, RoundingMode.HALF_EVEN));
        return Math.abs(number) < 1e-4
                ? String.format(Locale.ROOT, "%.3e", number)
                : rounded.stripTrailingZeros().toPlainString();
    }

    static boolean isNumber(String text) {
        return NUMBER.matcher(text).matches();
    }

    /** What stands where there is no number. */
    static boolean isNone(String text) {
        return NONE.matcher(text).matches();
    }
}
