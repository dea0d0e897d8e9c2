package dev.packhorse.engine.onednn;

import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.Precision;
import org.bytedeco.dnnl.memory;

/**
 * Which numbers stand where in an encoder of a given precision.
 *
 * @param stream the token vectors [T, H] between layers, which the residuals are added from
 * @param attention queries, keys, values and the softmax's probabilities
 * @param inner what is multiplied next: attention's output and the inner layer of the feed-forward network
 * @param quantized whether the matmuls with weights are of 8-bit integers
 */
record Numbers(memory.data_type stream, memory.data_type attention, memory.data_type inner, boolean quantized) {

    static Numbers of(Precision precision) {
        var f32 = memory.data_type.f32;
        var bf16 = memory.data_type.bf16;
        return switch (precision) {
            case FLOAT32 -> new Numbers(f32, f32, f32, false);
            case BFLOAT16 -> new Numbers(bf16, bf16, bf16, false);
            case FLOAT16 ->
                throw new EncoderException("expected float32, bfloat16 or int8 on a CPU, found " + precision.id());
            // what is quantised next stays float32, so that it is rounded once
            case INT8 -> new Numbers(f32, OneDnn.hasBfloat16() ? bf16 : f32, f32, true);
        };
    }

    /** Bytes of one number. */
    static int bytes(memory.data_type type) {
        return Math.toIntExact(memory.data_type_size(type));
    }
}
