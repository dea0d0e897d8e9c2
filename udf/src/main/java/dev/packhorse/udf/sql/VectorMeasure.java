package dev.packhorse.udf.sql;

import java.util.OptionalDouble;

/** How near two vectors are. Sums are double. */
public enum VectorMeasure {
    /** a . b / (|a| |b|), from -1 to 1; nothing where one of them has length 0. */
    COSINE_SIMILARITY("cosine_similarity") {
        @Override
        OptionalDouble of(double[] a, double[] b) {
            var lengths = Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b));
            return lengths == 0 ? OptionalDouble.empty() : OptionalDouble.of(dot(a, b) / lengths);
        }
    },
    /** a . b */
    DOT_PRODUCT("dot_product") {
        @Override
        OptionalDouble of(double[] a, double[] b) {
            return OptionalDouble.of(dot(a, b));
        }
    },
    /** |a - b| */
    L2_DISTANCE("l2_distance") {
        @Override
        OptionalDouble of(double[] a, double[] b) {
            var sum = 0.0;
            for (var i = 0; i < a.length; i++) {
                sum += (a[i] - b[i]) * (a[i] - b[i]);
            }
            return OptionalDouble.of(Math.sqrt(sum));
        }
    };

    private final String function;

    VectorMeasure(String function) {
        this.function = function;
    }

    /** Its name in SQL. */
    public String function() {
        return function;
    }

    /** For two vectors of [D] each, of one length. */
    abstract OptionalDouble of(double[] a, double[] b);

    private static double dot(double[] a, double[] b) {
        var sum = 0.0;
        for (var i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
