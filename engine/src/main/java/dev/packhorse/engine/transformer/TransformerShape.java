package dev.packhorse.engine.transformer;

/**
 * The sizes that buffers and kernels are made for.
 *
 * @param hidden H
 * @param layers how many layers
 * @param heads attention heads; H is a multiple of it
 * @param intermediate F
 * @param vocabulary V, how many token ids there are
 * @param positions P, the longest row that can be encoded
 * @param epsilon what layer norm adds to the variance
 */
public record TransformerShape(
        int hidden, int layers, int heads, int intermediate, int vocabulary, int positions, float epsilon) {

    /** The width of one attention head. */
    public int headSize() {
        return hidden / heads;
    }

    /** Weights of all layers and embeddings, in numbers. */
    public long parameters() {
        var h = (long) hidden;
        return layers * (4 * h * h + 2 * h * intermediate + 9 * h + intermediate) + (vocabulary + positions + 2L) * h;
    }

    /**
     * Floating point operations of the matrix products for one token, a multiplication and an addition counting two:
     * those with weights, and those of attention in a row of the given length.
     */
    public double operationsPerToken(double length) {
        var h = (double) hidden;
        return layers * (2 * (4 * h * h + 2 * h * intermediate) + 4 * length * h);
    }
}
