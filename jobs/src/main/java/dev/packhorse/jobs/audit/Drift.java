package dev.packhorse.jobs.audit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How near the new vectors of changed texts are to the old ones. An edit leaves most of a text's meaning: where most vectors
 * are somewhere else altogether, the source has put other texts under its ids, or the encoder computes something else.
 */
final class Drift {

    static final String NAME = "drift";

    /** So many texts tell the distribution. */
    static final int MOST = 1_000;

    private static final int ENOUGH = 20;

    private Drift() {}

    /** A text with an old and a new vector. */
    private record Moved(String id, double cosine) {}

    /**
     * Compares vectors of the same ids.
     *
     * @param before vectors of changed texts
     * @param now vectors, those and others
     */
    static Check check(Map<String, List<Float>> before, Map<String, List<Float>> now, Limits limits) {
        var moved = new ArrayList<Moved>();
        before.forEach((id, vector) -> {
            if (now.containsKey(id)) {
                moved.add(new Moved(id, Cosine.of(vector, now.get(id))));
            }
        });
        if (moved.isEmpty()) {
            return Check.of(NAME, true, "no changed text with an old and a new vector");
        }
        moved.sort(Comparator.comparingDouble(Moved::cosine)); // NaN comes last
        var count = moved.size();
        var p05 = moved.get((int) (0.05 * (count - 1))).cosine();
        var median = moved.get((count - 1) / 2).cosine();
        var passed = count < ENOUGH || (median >= limits.minMedian() && p05 >= limits.minP05());
        return new Check(
                NAME,
                passed,
                String.format(
                        Locale.ROOT,
                        "expected cosines between old and new vectors of changed texts with a median of at least %s and a 5th percentile of at least %s, found %.4f and %.4f, mean %.4f, over %,d texts%s",
                        limits.minMedian(),
                        limits.minP05(),
                        median,
                        p05,
                        moved.stream().mapToDouble(Moved::cosine).average().orElseThrow(),
                        count,
                        count < ENOUGH ? ", too few to fail" : ""),
                passed
                        ? List.of()
                        : moved.stream().limit(Check.MOST_IDS).map(Moved::id).toList());
    }
}
