package dev.packhorse.engine.onednn;

import dev.packhorse.engine.nested.NativeBuffer;
import java.util.Arrays;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.PointerScope;

/**
 * The 8-bit integers that are multiplied next, with the scale and the zero point of each token; see {@link Quantizer}.
 * Belongs to one {@link Workspace} and its thread; its native memory is the workspace's to close, its calls are its own.
 */
final class IntegerInputs implements AutoCloseable {

    private final Workspace workspace;
    private final stream queue;
    private final NativeBuffer integers; // [C, stride] u8
    private final NativeBuffer scales; // [C] float32
    private final int[] zeroPoints; // [C]
    private final TokenQuantizer tokenQuantizer;
    private final BoundCalls<RoundingKey, Call> roundings = new BoundCalls<>(Workspace.CALLS);

    /** A call's key: from where, how many inputs, how far apart the tokens' integers, how many tokens. */
    private record RoundingKey(long from, int inputs, int stride, int m) {}

    /**
     * @param workspace that allocates and keeps the memory
     * @param capacity C; 0 where nothing is quantised
     * @param widest the most inputs that a token has
     * @param stride the most integers that a token has, appended ones included
     */
    IntegerInputs(Workspace workspace, stream queue, int capacity, int widest, int stride) {
        this.workspace = workspace;
        this.queue = queue;
        this.integers = workspace.allocate((long) capacity * stride);
        this.scales = workspace.allocate((long) capacity * Float.BYTES);
        this.zeroPoints = new int[capacity];
        this.tokenQuantizer = new TokenQuantizer(widest);
    }

    /** The integers, [C, stride] u8 row-major; the workspace's memory. */
    NativeBuffer integers() {
        return integers;
    }

    /** Each token's scale, [C] float32; the workspace's memory. */
    NativeBuffer scales() {
        return scales;
    }

    /**
     * Makes integers of what a map is to multiply. Java scales, a token at a time in the first-level cache; the library
     * rounds, for Java 17 has no vector instruction from floats to bytes.
     *
     * @param from [M, K] float32
     * @param scaled a place for [M, K] float32 in between, which may be {@code from} where that has no further use
     */
    void quantize(PackedDense dense, NativeBuffer from, NativeBuffer scaled, int m) {
        var spec = dense.spec();
        var k = spec.inputs();
        var inputs = from.floats(0, m * k);
        var outputs = scaled.floats(0, m * k);
        var tokenScales = scales.floats(0, m);
        var row = new float[k];
        for (var t = 0; t < m; t++) {
            inputs.get(t * k, row);
            dense.smooth(row);
            var scale = tokenQuantizer.scale(row);
            outputs.put(t * k, row);
            tokenScales.put(t, scale.scale());
            zeroPoints[t] = scale.zeroPoint();
        }
        roundings
                .get(new RoundingKey(scaled.address(), k, spec.stride(), m), this::rounding)
                .run(queue);
        if (spec.zeroRows() > 0) {
            appendZeroPoints(spec, m);
        }
    }

    private Call rounding(RoundingKey key) {
        try (var scope = new PointerScope()) {
            var from = Descs.matrix(memory.data_type.f32, key.m(), key.inputs());
            var to = Descs.matrix(memory.data_type.u8, key.m(), key.inputs(), key.stride());
            var kernel =
                    Kernel.of(new reorder.primitive_desc(OneDnn.CPU, from, OneDnn.CPU, to, Kernel.attributes(), false));
            return new Call(workspace, kernel)
                    .with(dnnl.DNNL_ARG_FROM, from, new Address(key.from()))
                    .with(dnnl.DNNL_ARG_TO, to, new Address(integers.address()));
        }
    }

    private void appendZeroPoints(DenseSpec spec, int m) {
        var bytes = integers.view();
        var row = new byte[spec.zeroRows()];
        for (var t = 0; t < m; t++) {
            Arrays.fill(row, (byte) zeroPoints[t]);
            bytes.put(t * spec.stride() + spec.inputs(), row);
        }
    }

    /**
     * Brings the products of the integers back to real numbers, where the kernel could not.
     *
     * @param products [M, N] float32, replaced
     */
    void rescale(PackedDense dense, NativeBuffer products, int m) {
        var n = dense.spec().outputs();
        var values = products.floats(0, m * n);
        var tokenScales = scales.floats(0, m);
        var row = new float[n];
        for (var t = 0; t < m; t++) {
            values.get(t * n, row);
            dense.rescale(row, tokenScales.get(t), zeroPoints[t]);
            values.put(t * n, row);
        }
    }

    @Override
    public void close() {
        roundings.close();
    }
}
