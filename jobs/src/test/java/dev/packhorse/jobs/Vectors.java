package dev.packhorse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;

/** Compares vectors that a job wrote. */
public final class Vectors {

    /** A cosine from which two implementations of one model count as the same. */
    private static final double SAME = 0.99999;

    private static final float NO_DIFFERENCE = 1e-6f;

    private Vectors() {}

    /** Vectors by id, as text, of the rows that have one. */
    public static Map<String, List<Float>> byId(List<Row> rows) {
        var vectors = new HashMap<String, List<Float>>();
        for (var row : rows) {
            List<Float> vector = row.getList(row.fieldIndex("embedding"));
            if (vector != null) {
                vectors.put(String.valueOf(row.get(row.fieldIndex("id"))), vector);
            }
        }
        return vectors;
    }

    /** Holds the vectors of ids 0, 1, ... against the reference's rows. */
    public static void assertLikeReference(Map<String, List<Float>> vectors, List<float[]> reference) {
        assertThat(vectors).hasSameSizeAs(reference);
        for (var i = 0; i < reference.size(); i++) {
            assertThat(cosine(vectors.get(String.valueOf(i)), reference.get(i)))
                    .as("cosine of text %d", i)
                    .isGreaterThanOrEqualTo(SAME);
        }
    }

    /** Holds two runs against each other, number by number. */
    public static void assertSame(Map<String, List<Float>> found, Map<String, List<Float>> expected) {
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        found.forEach((id, vector) -> {
            for (var i = 0; i < vector.size(); i++) {
                assertThat(Math.abs(vector.get(i) - expected.get(id).get(i)))
                        .as("number %d of the vector of %s", i, id)
                        .isLessThanOrEqualTo(NO_DIFFERENCE);
            }
        });
    }

    private static double cosine(List<Float> a, float[] b) {
        assertThat(a).hasSize(b.length);
        var dot = 0.0;
        var squaresA = 0.0;
        var squaresB = 0.0;
        for (var i = 0; i < b.length; i++) {
            double x = a.get(i);
            dot += x * b[i];
            squaresA += x * x;
            squaresB += (double) b[i] * b[i];
        }
        return dot / Math.sqrt(squaresA * squaresB);
    }
}
