package dev.packhorse.engine.transformer;

/**
 * A layer norm's parameters: {@code y = (x - mean) / sqrt(variance + epsilon) * scale + shift} over a token's H values
 * (Ba et al., arXiv 1607.06450). Its arrays are not copied; treat them as immutable.
 *
 * @param scale [H] float32
 * @param shift [H] float32
 */
public record Norm(float[] scale, float[] shift) {}
