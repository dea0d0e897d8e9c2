package dev.packhorse.engine.transformer;

/**
 * A layer norm's parameters: {@code y = (x - mean) / sqrt(variance + epsilon) * scale + shift} over a token's H values
 * (Ba et al., arXiv 1607.06450).
 *
 * @param scale [H]
 * @param shift [H]
 */
public record Norm(float[] scale, float[] shift) {}
