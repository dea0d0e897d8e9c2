package dev.packhorse.engine.onednn;

import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.transformer.Dense;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * A linear map in the layout of its kernel: weights reordered once, beside them what the kernel or the pass after it
 * needs. Owns its native memory. Shared by all threads; thread-safe but for {@link #close}.
 */
final class PackedDense implements AutoCloseable {

    private final Resources resources = new Resources();
    private final NativeMemory counted;
    private final DenseSpec spec;
    private final float[] bias; // [N]
    private final float[] corrections; // [N] c times the sum of q: how much a zero point of 1 adds to a product
    private final float[] smoothing; // [K] what inputs are multiplied with before they are quantised

    private memory.desc layout;
    private memory weights; // [K, N] as the layout says
    private memory biasMemory; // [1, N]
    private memory channelScales; // c, [N]; [1] and unused unless quantised

    private PackedDense(NativeMemory counted, DenseSpec spec, float[] bias, float[] corrections, float[] smoothing) {
        this.counted = counted;
        this.spec = spec;
        this.bias = bias;
        this.corrections = corrections;
        this.smoothing = smoothing;
    }

    /**
     * Packs a map that multiplies floats.
     *
     * @param tokens the most that will be multiplied at once, for which the layout is chosen
     * @throws EncoderException when oneDNN has no optimised kernel for it
     */
    static PackedDense floats(NativeMemory counted, DenseSpec spec, Dense dense, int tokens) {
        try (var scope = new PointerScope()) {
            return new PackedDense(counted, spec, dense.bias(), new float[0], new float[0])
                    .fill(new FloatPointer(dense.weight()), memory.data_type.f32, new float[1], tokens);
        }
    }

    /**
     * Packs a map that multiplies 8-bit integers.
     *
     * @param spec without appended rows
     * @param maxima how large each input becomes, [K]
     * @param tokens as above
     * @throws EncoderException as above, or when the weights cannot be balanced
     */
    static PackedDense integers(NativeMemory counted, DenseSpec spec, Dense dense, float[] maxima, int tokens) {
        try (var scope = new PointerScope()) {
            var smoothing = Quantizer.smoothing(dense, maxima);
            var quantized = Quantizer.quantize(Quantizer.smoothed(dense, smoothing), OneDnn.hasVnni());
            var rows = spec.scaling() == Scaling.FUSED ? quantized.zeroRows() : 0;
            if (spec.inputs() + rows > spec.stride()) {
                throw new EncoderException("%s: expected weights that %d more rows balance for int8, found %d needed"
                        .formatted(spec.name(), spec.stride() - spec.inputs(), rows));
            }
            return new PackedDense(counted, spec.withZeroRows(rows), dense.bias(), quantized.corrections(), smoothing)
                    .fill(
                            new BytePointer(quantized.withZeroRows(rows)),
                            memory.data_type.s8,
                            quantized.scales(),
                            tokens);
        }
    }

    /** @param values [N, K] row-major */
    private PackedDense fill(Pointer values, memory.data_type type, float[] scales, int tokens) {
        try {
            layout = resources.keep(spec.weightsLayout(tokens));
            weights = resources.allocate(counted, layout);
            biasMemory = resources.allocate(counted, Descs.matrix(memory.data_type.f32, 1, spec.outputs()), bias);
            channelScales = resources.allocate(counted, Descs.vector(memory.data_type.f32, scales.length), scales);
            var queue = new stream(OneDnn.CPU);
            var stored = new memory(Descs.columnMajor(type, spec.multiplied(), spec.outputs()), OneDnn.CPU, values);
            new reorder(stored, weights).execute(queue, stored, weights);
            queue._wait();
            spec.compile(tokens, layout).close(); // throws when it is not an optimised one
            return this;
        } catch (RuntimeException | Error e) {
            resources.closeAfter(e);
            throw e;
        }
    }

    /** What the kernels are made for, appended rows included. */
    DenseSpec spec() {
        return spec;
    }

    memory.desc layout() {
        return layout;
    }

    memory weights() {
        return weights;
    }

    memory bias() {
        return biasMemory;
    }

    memory channelScales() {
        return channelScales;
    }

    /**
     * Makes one token's inputs as easy to quantise as the weights.
     *
     * @param inputs x, [K]; replaced
     */
    void smooth(float[] inputs) {
        for (var k = 0; k < inputs.length; k++) {
            inputs[k] *= smoothing[k];
        }
    }

    /**
     * Brings one token's products back to real numbers: {@code s (y - z corrections) + bias}, for
     * {@link Scaling#AFTERWARDS}.
     *
     * @param products [N], replaced; each channel's scale is within already
     */
    void rescale(float[] products, float scale, int zeroPoint) {
        for (var n = 0; n < bias.length; n++) {
            products[n] = scale * (products[n] - zeroPoint * corrections[n]) + bias[n];
        }
    }

    @Override
    public void close() {
        resources.close();
    }
}
