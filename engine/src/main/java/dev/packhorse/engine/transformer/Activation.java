package dev.packhorse.engine.transformer;

/** What is done to each number between the two matrices of a feed-forward network. */
public enum Activation {
    /** x times the normal distribution's cumulative function at x (Hendrycks and Gimpel, arXiv 1606.08415). */
    GELU,
    /** Its approximation by the hyperbolic tangent, section 2 of the same paper. */
    GELU_TANH,
    /** max(x, 0). */
    RELU,
    /** x times the logistic function at x; also called swish (Ramachandran et al., arXiv 1710.05941). */
    SILU
}
