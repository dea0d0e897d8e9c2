package dev.packhorse.engine.onednn;

import dev.packhorse.engine.nested.NativeBuffer;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.onednn.PackedWeights.PackedNorm;
import dev.packhorse.engine.transformer.LayerAttention;
import dev.packhorse.engine.transformer.TransformerShape;
import java.util.List;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.layer_normalization_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.PointerScope;

/**
 * What one thread needs of its own to encode: the buffers of a batch, scratch memory, and the library's calls bound to
 * them; {@link ForwardPass} says in which order they run. Its size is fixed by the most tokens it is for. Never used by
 * two threads at once.
 *
 * <p>Below, M is the number of a batch's tokens rounded up, so that few kernels are made; C the most of them.
 */
final class Workspace implements AutoCloseable {

    /** How many calls of each kind are kept ready: more than there are after rounding. */
    static final int CALLS = 256;

    private final Resources resources = new Resources();
    private final NativeMemory counted;
    private final int capacity;
    private final TransformerShape shape;
    private final Numbers numbers;
    private final stream queue;

    private final NativeBuffer tokens; // [C, H] what the next sublayer reads
    private final NativeBuffer sums; // [C, max(H, E)] float32: what the next norm reads
    private final NativeBuffer queryKeyValue; // [C, 3 H]
    private final NativeBuffer inner; // [C, H] attention's output, then [C, F] the inner layer
    private final NativeBuffer activated; // [C, F] what is gated, where anything is
    private final NativeBuffer scores; // float32, of the heads that are attended at a time
    private final NativeBuffer probabilities; // the same after the softmax
    private NativeBuffer scratch;
    private final IntegerInputs integers;
    private final RowAttention attention;
    private final Rotator rotator;
    private Calibration calibration = Calibration.NONE;

    private final BoundCalls<DenseKey, Call> denses = new BoundCalls<>(CALLS);
    private final BoundCalls<NormKey, Call> norms = new BoundCalls<>(CALLS);
    private final BoundCalls<ActivationKey, Call> activations = new BoundCalls<>(CALLS);
    private final BoundCalls<Integer, Call> copies = new BoundCalls<>(CALLS);

    private final Stopwatch stopwatch = new Stopwatch();

    private record DenseKey(DenseSpec spec, int m) {}

    private record NormKey(int m, int width, NormTarget target) {}

    private record ActivationKey(long at, int m) {}

    /** Where a norm puts what it makes of the sums. */
    enum NormTarget {
        TOKENS,
        /** In place, in float32. */
        SUMS,
        INNER
    }

    /**
     * Allocates it.
     *
     * @param capacity the most tokens of a batch
     * @throws RuntimeException (Arrow's, or an OutOfMemoryError) when there is not enough native memory; nothing is kept
     */
    Workspace(NativeMemory counted, PackedWeights weights, int capacity) {
        this.counted = counted;
        this.capacity = capacity;
        this.shape = weights.shape();
        this.numbers = weights.numbers();
        this.rotator = weights.rotator();
        var c = (long) Rounding.tokens(capacity);
        var h = shape.hidden();
        var e = shape.embedding();
        var f = shape.intermediate();
        var widest = Math.max(Math.max(h, f), e);
        var longest = Math.min(shape.positions(), capacity);
        var most = (long) Block.mostScores(longest);
        try {
            tokens = allocate(c * h * Numbers.bytes(numbers.stream()));
            sums = allocate(c * Math.max(h, e) * Float.BYTES);
            queryKeyValue = allocate((c + Rounding.MOST) * 3 * h * Numbers.bytes(numbers.attention()));
            inner = allocate((c + Rounding.MOST) * widest * Numbers.bytes(numbers.inner()));
            activated = allocate(shape.feedForward().gated() ? c * f * Numbers.bytes(numbers.inner()) : 0);
            scores = allocate(most * Float.BYTES);
            var inPlace = numbers.attention() == memory.data_type.f32;
            probabilities = allocate(inPlace ? 0 : most * Numbers.bytes(numbers.attention()));
            scratch = allocate(0);
            try (var scope = new PointerScope()) {
                queue = resources.keep(new stream(OneDnn.CPU));
            }
            var quantized = numbers.quantized() ? (int) c : 0;
            integers = resources.add(new IntegerInputs(this, queue, quantized, widest, weights.inputStride(widest)));
            attention = resources.add(new RowAttention(this, shape, numbers, weights.relativeBias(), longest));
            for (var calls : List.of(denses, norms, activations, copies)) {
                resources.add(calls); // last, for they are bound to the buffers: so they go first
            }
        } catch (RuntimeException | Error e2) {
            resources.closeAfter(e2);
            throw e2;
        }
    }

    /** The most tokens of a batch. */
    int capacity() {
        return capacity;
    }

    /** Memory that is this workspace's until it is closed. */
    NativeBuffer allocate(long bytes) {
        return resources.add(NativeBuffer.allocate(counted, bytes));
    }

    NativeBuffer tokens() {
        return tokens;
    }

    NativeBuffer sums() {
        return sums;
    }

    NativeBuffer queryKeyValue() {
        return queryKeyValue;
    }

    NativeBuffer inner() {
        return inner;
    }

    NativeBuffer activated() {
        return activated;
    }

    NativeBuffer scores() {
        return scores;
    }

    NativeBuffer probabilities() {
        return probabilities;
    }

    IntegerInputs integers() {
        return integers;
    }

    Stopwatch stopwatch() {
        return stopwatch;
    }

    /**
     * Scratch memory for a kernel. Grows by doubling; what calls are bound to already stays theirs until the end.
     *
     * @return a description of it that the caller closes
     */
    memory scratch(Kernel kernel) {
        if (kernel.scratchBytes() > scratch.bytes()) {
            scratch = allocate(Math.max(kernel.scratchBytes(), 2 * scratch.bytes()));
        }
        return new memory(kernel.scratch(), OneDnn.CPU, new Address(scratch.address()));
    }

    /** Lets a calibration see the inputs of all maps. */
    void watch(Calibration watching) {
        calibration = watching;
    }

    /**
     * Forgets all numbers. Needed after some that are not finite: what lies behind a batch's last row is multiplied with
     * weights of 0, which leaves nothing of any number but those.
     */
    void clear() {
        for (var buffer : List.of(tokens, sums, queryKeyValue, inner, activated)) {
            buffer.clear();
        }
    }

    /** Makes integers of what a map is to multiply, where it multiplies integers. */
    void quantize(PackedDense dense, NativeBuffer from, int m) {
        if (dense.spec().scaling() == Scaling.NONE) {
            return;
        }
        // what the inner buffer held has no further use, or is what is quantised
        integers.quantize(dense, from, inner, m);
        stopwatch.stop(Operation.QUANTIZE);
    }

    /**
     * Multiplies all tokens of a batch with a map's weights, and does what its epilogue says.
     *
     * @param from [M, K]; not read where integers were made of it
     * @param to [M, N]
     */
    void multiply(PackedDense dense, NativeBuffer from, NativeBuffer to, int m) {
        var spec = dense.spec();
        if (calibration.watches()) {
            calibration.inputs(dense, from.floats(0, m * spec.inputs()));
        }
        var call = denses.get(
                new DenseKey(spec, m),
                key -> denseCall(key, dense, spec.scaling() == Scaling.NONE ? from : integers.integers(), to));
        call.with(dnnl.DNNL_ARG_WEIGHTS, dense.weights());
        switch (spec.scaling()) {
            case NONE -> call.with(dnnl.DNNL_ARG_BIAS, dense.bias());
            case FUSED ->
                call.with(dnnl.DNNL_ARG_BIAS, dense.bias())
                        .with(dnnl.DNNL_ARG_ATTR_SCALES | dnnl.DNNL_ARG_WEIGHTS, dense.channelScales());
            case AFTERWARDS -> call.with(dnnl.DNNL_ARG_ATTR_SCALES | dnnl.DNNL_ARG_WEIGHTS, dense.channelScales());
        }
        call.run(queue);
    }

    private Call denseCall(DenseKey key, PackedDense dense, NativeBuffer from, NativeBuffer to) {
        var spec = key.spec();
        try (var scope = new PointerScope()) {
            var call = new Call(this, spec.compile(key.m(), dense.layout()))
                    .with(
                            dnnl.DNNL_ARG_SRC,
                            Descs.matrix(spec.source(), key.m(), spec.multiplied(), spec.stride()),
                            new Address(from.address()))
                    .with(
                            dnnl.DNNL_ARG_DST,
                            Descs.matrix(spec.target(), key.m(), spec.outputs()),
                            new Address(to.address()));
            if (spec.scaling() == Scaling.FUSED) {
                call.with(
                        dnnl.DNNL_ARG_ATTR_SCALES | dnnl.DNNL_ARG_SRC,
                        Descs.matrix(memory.data_type.f32, key.m(), 1),
                        new Address(integers.scales().address()));
            }
            if (spec.scaling() != Scaling.AFTERWARDS && spec.epilogue().hasOperand()) {
                call.with(
                        dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE | dnnl.DNNL_ARG_SRC_1,
                        Descs.matrix(spec.operand(), key.m(), spec.outputs()),
                        new Address((spec.epilogue() == Epilogue.GATE ? activated : tokens).address()));
            }
            return call;
        }
    }

    /** Attention over all rows of a batch; each row's tokens see each other and nobody else. */
    void attend(LayerAttention layer, int[] offsets) {
        rotator.rotate(queryKeyValue, numbers.attention() == memory.data_type.bf16, layer.rotation(), offsets);
        for (var b = 0; b + 1 < offsets.length; b++) {
            attention.run(
                    queue, queryKeyValue.address(), inner.address(), layer, offsets[b], offsets[b + 1] - offsets[b]);
        }
        stopwatch.stop(Operation.ATTENTION);
    }

    /** Normalises the sums. */
    void norm(PackedNorm norm, int m, NormTarget target) {
        norms.get(new NormKey(m, norm.width(), target), this::normCall)
                .with(dnnl.DNNL_ARG_SCALE, norm.scale())
                .with(dnnl.DNNL_ARG_SHIFT, norm.shift())
                .run(queue);
        stopwatch.stop(Operation.NORM);
    }

    private Call normCall(NormKey key) {
        var type =
                switch (key.target()) {
                    case TOKENS, INNER -> numbers.stream();
                    case SUMS -> memory.data_type.f32;
                };
        var target =
                switch (key.target()) {
                    case TOKENS -> tokens;
                    case INNER -> inner;
                    case SUMS -> sums;
                };
        try (var scope = new PointerScope()) {
            var from = Descs.matrix(memory.data_type.f32, key.m(), key.width());
            var to = Descs.matrix(type, key.m(), key.width());
            var kernel = Kernel.of(new layer_normalization_forward.primitive_desc(
                    OneDnn.CPU,
                    dnnl.prop_kind.forward_inference.value,
                    from,
                    to,
                    shape.epsilon(),
                    dnnl.normalization_flags.use_scale.value | dnnl.normalization_flags.use_shift.value,
                    Kernel.attributes(),
                    false));
            return new Call(this, kernel)
                    .with(dnnl.DNNL_ARG_SRC, from, new Address(sums.address()))
                    .with(dnnl.DNNL_ARG_DST, to, new Address(target.address()));
        }
    }

    /** Makes token vectors of the sums as they are, for a place that has no norm. */
    void copySums(int m) {
        copies.get(m, this::copyCall).run(queue);
        stopwatch.stop(Operation.NORM);
    }

    private Call copyCall(int m) {
        try (var scope = new PointerScope()) {
            var from = Descs.matrix(memory.data_type.f32, m, shape.hidden());
            var to = Descs.matrix(numbers.stream(), m, shape.hidden());
            var kernel =
                    Kernel.of(new reorder.primitive_desc(OneDnn.CPU, from, OneDnn.CPU, to, Kernel.attributes(), false));
            return new Call(this, kernel)
                    .with(dnnl.DNNL_ARG_FROM, from, new Address(sums.address()))
                    .with(dnnl.DNNL_ARG_TO, to, new Address(tokens.address()));
        }
    }

    /** Applies the activation to a buffer of [M, F], where no kernel could do it on the way. */
    void activate(NativeBuffer buffer, int m) {
        activations
                .get(new ActivationKey(buffer.address(), m), this::activation)
                .run(queue);
    }

    private Call activation(ActivationKey key) {
        try (var scope = new PointerScope()) {
            var description = Descs.matrix(numbers.inner(), key.m(), shape.intermediate());
            var kernel = Kernel.of(new eltwise_forward.primitive_desc(
                    OneDnn.CPU,
                    dnnl.prop_kind.forward_inference,
                    Epilogue.algorithm(shape.feedForward().activation()),
                    description,
                    description,
                    Epilogue.alpha(shape.feedForward().activation()),
                    0,
                    Kernel.attributes(),
                    false));
            return new Call(this, kernel)
                    .with(dnnl.DNNL_ARG_SRC, description, new Address(key.at()))
                    .with(dnnl.DNNL_ARG_DST, description, new Address(key.at()));
        }
    }

    @Override
    public void close() {
        resources.close();
    }
}
