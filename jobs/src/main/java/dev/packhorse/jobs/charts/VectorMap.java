package dev.packhorse.jobs.charts;

import dev.packhorse.jobs.page.PointMap;
import dev.packhorse.jobs.page.PointMap.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Draws a map of vectors. */
final class VectorMap {

    /** Below that there is no plane to find. */
    static final int FEWEST = 3;

    private static final int SHOWN_CHARACTERS = 120;

    private VectorMap() {}

    /** A map of {@value #FEWEST} vectors or more. */
    static PointMap of(List<VectorSample> sample) {
        var plane = Plane.of(sample.stream().map(VectorSample::vector).toList());
        var points = new ArrayList<Point>();
        for (var i = 0; i < sample.size(); i++) {
            var one = sample.get(i);
            points.add(new Point(
                    rounded(plane.points()[i][0]),
                    rounded(plane.points()[i][1]),
                    one.truncated() ? "truncated texts" : "whole texts",
                    text(one)));
        }
        var note = String.format(
                Locale.ROOT,
                "%,d of the vectors, as they lie in the plane in which they differ most (two principal components, with %.0f%% and %.0f%% of what they differ in). Point at one to see its text.",
                sample.size(),
                100 * plane.shares()[0],
                100 * plane.shares()[1]);
        return new PointMap("Some of the vectors", note, points);
    }

    private static double rounded(double number) {
        return Math.rint(number * 1e5) / 1e5;
    }

    private static String text(VectorSample one) {
        var text = one.text().strip().replaceAll("\\s+", " ");
        if (text.isEmpty()) {
            return "id " + one.id();
        }
        return text.codePointCount(0, text.length()) <= SHOWN_CHARACTERS
                ? "%s: %s".formatted(one.id(), text)
                : "%s: %s…".formatted(one.id(), text.substring(0, text.offsetByCodePoints(0, SHOWN_CHARACTERS)));
    }
}
