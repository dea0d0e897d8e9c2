package dev.packhorse.engine.output;

import java.util.List;

/** The vector of a text from those of its chunks. Thread-safe. */
public final class WeightedMean {

    /** As in torch.nn.functional.normalize. */
    private static final double SHORTEST = 1e-12;

    private WeightedMean() {}

    /**
     * The mean of vectors, each as often as its weight says, computed in float64.
     *
     * @param vectors N vectors of [D], at least one
     * @param weights [N] above 0, such as the chunks' tokens
     * @param normalize whether the mean is scaled to length 1
     * @return [D] float32
     */
    public static float[] of(List<float[]> vectors, int[] weights, boolean normalize) {
        var sums = new double[vectors.get(0).length];
        var weight = 0L;
        for (var i = 0; i < weights.length; i++) {
            weight += weights[i];
            for (var d = 0; d < sums.length; d++) {
                sums[d] += (double) weights[i] * vectors.get(i)[d];
            }
        }
        var squares = 0.0;
        for (var d = 0; d < sums.length; d++) {
            sums[d] /= weight;
            squares += sums[d] * sums[d];
        }
        var scale = normalize ? 1 / Math.max(Math.sqrt(squares), SHORTEST) : 1;
        var mean = new float[sums.length];
        for (var d = 0; d < sums.length; d++) {
            mean[d] = (float) (sums[d] * scale);
        }
        return mean;
    }
}
