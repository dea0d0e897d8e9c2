package dev.packhorse.jobs.audit;

import java.util.ArrayList;
import java.util.List;

/** The angle between two vectors. */
final class Cosine {

    private Cosine() {}

    /** Its cosine, -1 to 1; NaN for vectors of other lengths, and where one has length 0 or a number that is none. */
    static double of(List<Float> a, List<Float> b) {
        if (a.size() != b.size()) {
            return Double.NaN;
        }
        var dot = 0.0;
        var squaresA = 0.0;
        var squaresB = 0.0;
        for (var i = 0; i < a.size(); i++) {
            double x = number(a.get(i));
            double y = number(b.get(i));
            dot += x * y;
            squaresA += x * x;
            squaresB += y * y;
        }
        return dot / Math.sqrt(squaresA * squaresB);
    }

    private static float number(Float value) {
        return value == null ? Float.NaN : value;
    }

    static List<Float> list(float[] vector) {
        var list = new ArrayList<Float>(vector.length);
        for (var value : vector) {
            list.add(value);
        }
        return list;
    }
}
