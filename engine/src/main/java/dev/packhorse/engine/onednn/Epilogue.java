package dev.packhorse.engine.onednn;

import dev.packhorse.engine.transformer.Activation;
import org.bytedeco.dnnl.global.dnnl;

/** What follows a matmul and its bias. */
enum Epilogue {
    NONE,
    /** {@code gelu(y)}, by the error function. */
    GELU,
    /** {@code gelu(y)}, by the hyperbolic tangent. */
    GELU_TANH,
    /** {@code max(y, 0)}. */
    RELU,
    /** {@code silu(y)}. */
    SILU,
    /** {@code y * a}, a the activated outputs of another map. */
    GATE,
    /** {@code y + x}, x the token vectors that the sublayer began with, where norms stand after the residuals. */
    RESIDUAL,
    /** {@code y + z}, z what stands where the result goes, where norms stand before the sublayers. */
    ACCUMULATE;

    static Epilogue of(Activation activation) {
        return switch (activation) {
            case GELU -> GELU;
            case GELU_TANH -> GELU_TANH;
            case RELU -> RELU;
            case SILU -> SILU;
        };
    }

    /** What the library calls an activation. */
    static dnnl.algorithm algorithm(Activation activation) {
        return switch (activation) {
            case GELU -> dnnl.algorithm.eltwise_gelu_erf;
            case GELU_TANH -> dnnl.algorithm.eltwise_gelu_tanh;
            case RELU -> dnnl.algorithm.eltwise_relu;
            case SILU -> dnnl.algorithm.eltwise_swish;
        };
    }

    /** The parameter of that algorithm: what silu scales within; for the others 0, as a slope is for negative numbers. */
    static float alpha(Activation activation) {
        return switch (activation) {
            case GELU, GELU_TANH, RELU -> 0;
            case SILU -> 1;
        };
    }

    /** Whether it reads a second matrix. */
    boolean hasOperand() {
        return this == GATE || this == RESIDUAL;
    }
}
