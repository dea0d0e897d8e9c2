package dev.packhorse.engine.onednn;

import dev.packhorse.engine.nested.NativeBuffer;

/**
 * Adds and multiplies matrices of float32 number by number, where no kernel could on the way. Has no state; the matrices are
 * one thread's, and stay the caller's.
 */
final class Rows {

    private Rows() {}

    /**
     * {@code a = a + b}.
     *
     * @param a [m, width] row-major
     * @param b [m, width] row-major
     */
    static void add(NativeBuffer a, NativeBuffer b, int m, int width) {
        combine(a, b, m, width, (x, y) -> {
            for (var i = 0; i < x.length; i++) {
                x[i] += y[i];
            }
        });
    }

    /** {@code a = a * b}, otherwise the same. */
    static void multiply(NativeBuffer a, NativeBuffer b, int m, int width) {
        combine(a, b, m, width, (x, y) -> {
            for (var i = 0; i < x.length; i++) {
                x[i] *= y[i];
            }
        });
    }

    @FunctionalInterface
    private interface RowOperation {
        void apply(float[] x, float[] y);
    }

    private static void combine(NativeBuffer a, NativeBuffer b, int m, int width, RowOperation operation) {
        var as = a.floats(0, m * width);
        var bs = b.floats(0, m * width);
        var x = new float[width];
        var y = new float[width];
        for (var row = 0; row < m; row++) {
            as.get(row * width, x);
            bs.get(row * width, y);
            operation.apply(x, y);
            as.put(row * width, x);
        }
    }
}
