package dev.packhorse.engine.onednn;

import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.transformer.Activation;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.javacpp.PointerScope;

/**
 * All that a kernel of a linear map is made for, but for the number of tokens: inputs [M, K] and outputs [M, N], row-major.
 * Immutable; what its methods make is the caller's scope's to close.
 *
 * @param name what messages call it
 * @param inputs K
 * @param zeroRows how many rows are appended to the weights, see {@link Scaling#FUSED}
 * @param stride how many numbers from one token's inputs to the next one's
 * @param outputs N
 * @param source the inputs' numbers
 * @param operand the numbers of what the epilogue adds or multiplies with
 * @param target the outputs' numbers; float32 with {@link Scaling#AFTERWARDS}
 */
record DenseSpec(
        String name,
        int inputs,
        int zeroRows,
        int stride,
        int outputs,
        Epilogue epilogue,
        Scaling scaling,
        memory.data_type source,
        memory.data_type operand,
        memory.data_type target) {

    /** The weights' numbers. */
    memory.data_type weights() {
        return scaling == Scaling.NONE ? source : memory.data_type.s8;
    }

    /** The same with that many rows appended. */
    DenseSpec withZeroRows(int rows) {
        return new DenseSpec(name, inputs, rows, stride, outputs, epilogue, scaling, source, operand, target);
    }

    /** How many numbers of each token are multiplied. */
    int multiplied() {
        return inputs + zeroRows;
    }

    /**
     * Compiles the kernel for {@code tokens} rows and weights that lie as the description says, in the caller's scope.
     *
     * @throws EncoderException when oneDNN has no optimised kernel for it on this CPU
     */
    Kernel compile(int tokens, memory.desc weights) {
        return Kernel.of(name, describe(tokens, weights));
    }

    /** The layout of weights that suits the kernel best, in the caller's scope. */
    memory.desc weightsLayout(int tokens) {
        return describe(tokens, Descs.any(weights(), multiplied(), outputs)).weights_desc();
    }

    /** What the library calls the code that it would choose for {@code tokens} rows. */
    String implementation(int tokens) {
        try (var scope = new PointerScope()) {
            return Kernel.implementation(describe(tokens, Descs.any(weights(), multiplied(), outputs)));
        }
    }

    private matmul.primitive_desc describe(int tokens, memory.desc weights) {
        try {
            return description(tokens, weights);
        } catch (RuntimeException e) { // that is all the library throws, and all it says
            throw new EncoderException(
                    "%s: expected a CPU whose matrices of %s numbers oneDNN multiplies, found one with %s"
                            .formatted(name, source.name(), OneDnn.isa()),
                    e);
        }
    }

    private matmul.primitive_desc description(int tokens, memory.desc weights) {
        var attributes = Kernel.attributes();
        if (scaling != Scaling.NONE) {
            attributes.set_scales_mask(dnnl.DNNL_ARG_WEIGHTS, 2); // one for each output channel
        }
        var sources = Descs.matrix(source, tokens, multiplied(), stride);
        var targets = Descs.matrix(target, tokens, outputs);
        if (scaling == Scaling.AFTERWARDS) {
            return new matmul.primitive_desc(OneDnn.CPU, sources, weights, targets, attributes, false);
        }
        if (scaling == Scaling.FUSED) {
            attributes.set_scales(
                    dnnl.DNNL_ARG_SRC,
                    3, // one for each token: groups of 1 row by all columns
                    new long[] {1, multiplied()},
                    memory.data_type.f32,
                    false,
                    dnnl.quantization_mode.static_sazp);
        }
        attributes.set_post_ops(after(tokens));
        return new matmul.primitive_desc(
                OneDnn.CPU,
                sources,
                weights,
                Descs.matrix(memory.data_type.f32, 1, outputs),
                targets,
                attributes,
                false);
    }

    private post_ops after(int tokens) {
        var after = new post_ops();
        switch (epilogue) {
            case NONE -> {}
            case GELU -> activate(after, Activation.GELU);
            case GELU_TANH -> activate(after, Activation.GELU_TANH);
            case RELU -> activate(after, Activation.RELU);
            case SILU -> activate(after, Activation.SILU);
            case GATE -> after.append_binary(dnnl.algorithm.binary_mul, Descs.matrix(operand, tokens, outputs));
            case RESIDUAL -> after.append_binary(dnnl.algorithm.binary_add, Descs.matrix(operand, tokens, outputs));
            case ACCUMULATE -> after.append_sum(1, 0, memory.data_type.undef);
        }
        return after;
    }

    private static void activate(post_ops after, Activation activation) {
        after.append_eltwise(Epilogue.algorithm(activation), Epilogue.alpha(activation), 0);
    }
}
