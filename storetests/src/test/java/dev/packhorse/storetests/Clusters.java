package dev.packhorse.storetests;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Vectors that lie as embeddings do: around some points. */
final class Clusters {

    private static final double SPREAD = 0.5; // of the numbers around a point, whose own spread is 1

    private Clusters() {}

    /** @return count vectors of length 1, [count, d] */
    static List<float[]> of(int count, int dimension, int points, RandomGenerator random) {
        var centers = new float[points][dimension]; // [points, d]
        for (var center : centers) {
            fill(center, new float[dimension], 1, random);
        }
        var vectors = new ArrayList<float[]>();
        for (var i = 0; i < count; i++) {
            var vector = new float[dimension];
            fill(vector, centers[random.nextInt(points)], SPREAD, random);
            normalize(vector);
            vectors.add(vector);
        }
        return vectors;
    }

    private static void fill(float[] vector, float[] center, double spread, RandomGenerator random) {
        for (var i = 0; i < vector.length; i++) {
            vector[i] = (float) (center[i] + spread * random.nextGaussian());
        }
    }

    private static void normalize(float[] vector) {
        var square = 0.0;
        for (var number : vector) {
            square += number * number;
        }
        for (var i = 0; i < vector.length; i++) {
            vector[i] /= (float) Math.sqrt(square);
        }
    }
}
