package dev.packhorse.engine.gpu;

import java.util.List;
import java.util.function.Function;

/** The vectors of a launch that is made in parts. */
public final class Vectors {

    private Vectors() {}

    /**
     * Those of one part after the other.
     *
     * @param numbers of all parts together
     * @param of gives a part's, row-major
     * @return [numbers]; of a single part what it gave
     */
    public static <T> float[] joined(List<T> parts, int numbers, Function<T, float[]> of) {
        if (parts.size() == 1) {
            return of.apply(parts.get(0));
        }
        var vectors = new float[numbers];
        var at = 0;
        for (var part : parts) {
            var found = of.apply(part);
            System.arraycopy(found, 0, vectors, at, found.length);
            at += found.length;
        }
        return vectors;
    }
}
