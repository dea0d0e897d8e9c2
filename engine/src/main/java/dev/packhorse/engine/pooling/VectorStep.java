package dev.packhorse.engine.pooling;

import dev.packhorse.engine.model.Step;

/** A step with what it needs in memory. Thread-safe; a row's answer is the same in any batch. */
interface VectorStep {

    /**
     * @param vectors [B, K] row-major; may be changed, and may be the answer
     * @return [B, N] row-major
     */
    float[] apply(float[] vectors, int rows);

    static VectorStep open(Step step) {
        if (step instanceof Step.Dense dense) {
            return Linear.open(dense);
        }
        if (step instanceof Step.Truncate truncate) {
            return (vectors, rows) -> truncate(vectors, rows, truncate.dimension());
        }
        return VectorStep::normalize; // Step permits no other
    }

    private static float[] truncate(float[] vectors, int rows, int dimension) {
        var width = vectors.length / rows;
        var cut = new float[rows * dimension];
        for (var b = 0; b < rows; b++) {
            System.arraycopy(vectors, b * width, cut, b * dimension, dimension);
        }
        return cut;
    }

    private static float[] normalize(float[] vectors, int rows) {
        var width = vectors.length / rows;
        for (var b = 0; b < rows; b++) {
            normalize(vectors, b * width, width);
        }
        return vectors;
    }

    /** Divides by the Euclidean length, which is taken as at least 1e-12 as in torch.nn.functional.normalize. */
    private static void normalize(float[] vectors, int at, int size) {
        var squares = 0.0;
        for (var h = at; h < at + size; h++) {
            squares += (double) vectors[h] * vectors[h];
        }
        var scale = (float) (1 / Math.max(Math.sqrt(squares), 1e-12));
        for (var h = at; h < at + size; h++) {
            vectors[h] *= scale;
        }
    }
}
