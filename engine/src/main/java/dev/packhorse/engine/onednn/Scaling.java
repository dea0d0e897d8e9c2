package dev.packhorse.engine.onednn;

/** How a product of 8-bit numbers becomes real numbers again; see {@link Quantizer} for the formula. */
enum Scaling {
    /** Not at all: the matmul is of floats. */
    NONE,
    /**
     * By the kernel: it multiplies with the scale of the token and of the channel. No zero points: rows are appended to
     * the weights so that each column's sum is zero, and the token's zero point stands where they are multiplied.
     */
    FUSED,
    /** By a pass over the product afterwards, where no kernel takes a scale for each token. */
    AFTERWARDS
}
