package dev.packhorse.udf.options;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Guesses which name was meant. Thread-safe. */
public final class Nearest {

    private Nearest() {}

    /**
     * The candidate with the fewest letters to change (Levenshtein's distance), whatever their case; the alphabetically
     * first of several.
     *
     * @throws java.util.NoSuchElementException when there is no candidate
     */
    public static String to(String name, Collection<String> candidates) {
        var distance = LevenshteinDistance.getDefaultInstance();
        return candidates.stream()
                .min(Comparator.<String>comparingInt(
                                c -> distance.apply(name.toLowerCase(Locale.ROOT), c.toLowerCase(Locale.ROOT)))
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow();
    }
}
