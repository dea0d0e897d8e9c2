package dev.packhorse.engine.onednn;

import dev.packhorse.engine.EncoderException;
import dev.packhorse.engine.nested.NativeBuffer;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.onednn.PackedWeights.PackedNorm;
import dev.packhorse.engine.transformer.TransformerShape;
import java.nio.FloatBuffer;
import java.util.List;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.layer_normalization_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.PointerScope;

/**
 * What one thread needs of its own to encode: the buffers of a batch, scratch memory, and the library's calls bound to
 * them. Its size is fixed by the most tokens it is for. Never used by two threads at once.
 *
 * <p>Below, M is the number of a batch's tokens rounded up, so that few kernels are made; C the most of them.
 */
final class Workspace implements AutoCloseable {

    /** How many calls of each kind are kept ready: more than there are after rounding. */
    static final int CALLS = 256;

    private final Resources resources = new Resources();
    private final NativeMemory counted;
    private final PackedWeights weights;
    private final TransformerShape shape;
    private final Numbers numbers;
    private final stream queue;

    private final NativeBuffer tokens; // [C, H] the token vectors, from the first layer to the last
    private final NativeBuffer sums; // [C, H] float32: a sublayer's output and its residual, before the norm
    private final NativeBuffer queryKeyValue; // [C, 3 H]
    private final NativeBuffer inner; // [C, H] attention's output, then [C, F] the inner layer
    private final NativeBuffer scores; // float32, of the heads that are attended at a time
    private final NativeBuffer probabilities; // the same after the softmax
    private NativeBuffer scratch;
    private final IntegerInputs integers;
    private Calibration calibration = Calibration.NONE;

    private final BoundCalls<DenseKey, Call> denses = new BoundCalls<>(CALLS);
    private final BoundCalls<NormKey, Call> norms = new BoundCalls<>(CALLS);
    private final BoundCalls<Integer, Call> activations = new BoundCalls<>(CALLS);
    private final BoundCalls<Integer, Attention> attentions = new BoundCalls<>(CALLS);

    private final Stopwatch stopwatch = new Stopwatch();

    private record DenseKey(DenseSpec spec, int m) {}

    private record NormKey(int m, boolean last) {}

    Workspace(NativeMemory counted, PackedWeights weights) {
        this.counted = counted;
        this.weights = weights;
        this.shape = weights.shape();
        this.numbers = weights.numbers();
        var c = (long) Rounding.tokens(weights.capacity());
        var h = shape.hidden();
        var widest = Math.max(h, shape.intermediate());
        var most = Attention.mostScores(Rounding.length(Math.min(shape.positions(), weights.capacity())));
        try {
            tokens = allocate(c * h * Numbers.bytes(numbers.stream()));
            sums = allocate(c * h * Float.BYTES);
            queryKeyValue = allocate((c + Rounding.MOST) * 3 * h * Numbers.bytes(numbers.attention()));
            inner = allocate((c + Rounding.MOST) * widest * Numbers.bytes(numbers.inner()));
            scores = allocate(most * Float.BYTES);
            var inPlace = numbers.attention() == memory.data_type.f32;
            probabilities = allocate(inPlace ? 0 : most * Numbers.bytes(numbers.attention()));
            scratch = allocate(0);
            try (var scope = new PointerScope()) {
                queue = resources.keep(new stream(OneDnn.CPU));
            }
            var quantized = numbers.quantized() ? (int) c : 0;
            integers = resources.add(new IntegerInputs(this, queue, quantized, widest, weights.inputStride(widest)));
        } catch (RuntimeException e) {
            resources.close();
            throw e;
        }
    }

    /** Memory that is this workspace's until it is closed. */
    NativeBuffer allocate(long bytes) {
        return resources.add(NativeBuffer.allocate(counted, bytes));
    }

    NativeBuffer scores() {
        return scores;
    }

    NativeBuffer probabilities() {
        return probabilities;
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
     * Runs a batch through all layers.
     *
     * @return the vectors of the batch's tokens, [T, H] float32; valid until the next batch
     */
    FloatBuffer encode(NestedBatch batch) {
        stopwatch.start();
        var m = Rounding.tokens(batch.tokens());
        var offsets = new int[batch.size() + 1];
        batch.offsets().get(offsets);
        embed(batch, m);
        norm(weights.embeddingNorm(), m, false);
        var layers = weights.layers();
        for (var i = 0; i < layers.size(); i++) {
            var layer = layers.get(i);
            project(layer.queryKeyValue(), m);
            attend(offsets);
            output(layer.attentionOutput(), m, Operation.ATTENTION_OUTPUT);
            norm(layer.attentionNorm(), m, false);
            up(layer.up(), m);
            output(layer.down(), m, Operation.DOWN);
            norm(layer.feedForwardNorm(), m, i == layers.size() - 1);
        }
        return sums.floats(0, batch.tokens() * shape.hidden());
    }

    /**
     * Forgets all numbers. Needed after some that are not finite: what lies behind a batch's last row is multiplied with
     * weights of 0, which leaves nothing of any number but those.
     */
    void clear() {
        for (var buffer : List.of(tokens, sums, queryKeyValue, inner)) {
            buffer.clear();
        }
    }

    /** Puts the sum of each token's embeddings where the first norm reads; zeros follow up to M. */
    private void embed(NestedBatch batch, int m) {
        var h = shape.hidden();
        var words = weights.words(); // [V, H]
        var positions = weights.positions(); // [P, H]
        var embedded = sums.floats(0, m * h); // [M, H]
        var values = batch.values();
        var offsets = batch.offsets();
        var row = new float[h];
        for (var b = 0; b < batch.size(); b++) {
            for (var t = offsets.get(b); t < offsets.get(b + 1); t++) {
                var word = values.get(t);
                if (word < 0 || word >= shape.vocabulary()) {
                    throw new EncoderException(
                            "expected a token id below %d, found %d".formatted(shape.vocabulary(), word));
                }
                words.get(word * h, row);
                var position = (t - offsets.get(b)) * h;
                for (var i = 0; i < h; i++) {
                    row[i] += positions[position + i];
                }
                embedded.put(row);
            }
        }
        embedded.put(new float[embedded.remaining()]);
        stopwatch.stop(Operation.EMBED);
    }

    /** A layer's first map: from the token vectors to queries, keys and values. */
    private void project(PackedDense dense, int m) {
        quantize(dense, true, m);
        multiply(dense, tokens, queryKeyValue, m);
        if (dense.spec().scaling() == Scaling.AFTERWARDS) {
            integers.rescale(dense, queryKeyValue, m);
        }
        stopwatch.stop(Operation.QUERY_KEY_VALUE);
    }

    /** Attention over all rows of a batch; each row's tokens see each other and nobody else. */
    private void attend(int[] offsets) {
        for (var b = 0; b + 1 < offsets.length; b++) {
            var length = offsets[b + 1] - offsets[b];
            attentions
                    .get(Rounding.length(length), rounded -> new Attention(this, shape, numbers, rounded))
                    .run(queue, queryKeyValue.address(), inner.address(), offsets[b], length);
        }
        stopwatch.stop(Operation.ATTENTION);
    }

    /** The end of a sublayer: from the inner numbers to the token vectors' width, the residual added. */
    private void output(PackedDense dense, int m, Operation operation) {
        quantize(dense, false, m);
        multiply(dense, inner, sums, m);
        if (dense.spec().scaling() == Scaling.AFTERWARDS) {
            integers.rescale(dense, sums, m);
            addTokens(m);
        }
        stopwatch.stop(operation);
    }

    /** The feed-forward network's first map and its activation. */
    private void up(PackedDense dense, int m) {
        quantize(dense, true, m);
        multiply(dense, tokens, inner, m);
        if (dense.spec().scaling() == Scaling.AFTERWARDS) {
            integers.rescale(dense, inner, m);
            activations.get(m, this::activation).run(queue);
        }
        stopwatch.stop(Operation.UP);
    }

    /**
     * Normalises the sums into the token vectors.
     *
     * @param last whether these are the results, which stay float32 and where the sums were
     */
    private void norm(PackedNorm norm, int m, boolean last) {
        norms.get(new NormKey(m, last), this::normCall)
                .with(dnnl.DNNL_ARG_SCALE, norm.scale())
                .with(dnnl.DNNL_ARG_SHIFT, norm.shift())
                .run(queue);
        stopwatch.stop(Operation.NORM);
    }

    private void multiply(PackedDense dense, NativeBuffer from, NativeBuffer to, int m) {
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
            if (spec.epilogue() == Epilogue.RESIDUAL && spec.scaling() != Scaling.AFTERWARDS) {
                call.with(
                        dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE | dnnl.DNNL_ARG_SRC_1,
                        Descs.matrix(spec.residual(), key.m(), spec.outputs()),
                        new Address(tokens.address()));
            }
            return call;
        }
    }

    private Call normCall(NormKey key) {
        var h = shape.hidden();
        try (var scope = new PointerScope()) {
            var from = Descs.matrix(memory.data_type.f32, key.m(), h);
            var to = Descs.matrix(key.last() ? memory.data_type.f32 : numbers.stream(), key.m(), h);
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
                    .with(dnnl.DNNL_ARG_DST, to, new Address((key.last() ? sums : tokens).address()));
        }
    }

    private Call activation(int m) {
        try (var scope = new PointerScope()) {
            var description = Descs.matrix(numbers.inner(), m, shape.intermediate());
            var kernel = Kernel.of(new eltwise_forward.primitive_desc(
                    OneDnn.CPU,
                    dnnl.prop_kind.forward_inference,
                    dnnl.algorithm.eltwise_gelu_erf,
                    description,
                    description,
                    Kernel.attributes(),
                    false));
            return new Call(this, kernel)
                    .with(dnnl.DNNL_ARG_SRC, description, new Address(inner.address()))
                    .with(dnnl.DNNL_ARG_DST, description, new Address(inner.address()));
        }
    }

    /** Makes integers of what the map is to multiply, where it multiplies integers. */
    private void quantize(PackedDense dense, boolean fromTokens, int m) {
        if (dense.spec().scaling() == Scaling.NONE) {
            return;
        }
        if (fromTokens) { // which must stay, for the residual; the sums are free
            integers.quantize(dense, tokens, sums, m);
        } else {
            integers.quantize(dense, inner, inner, m);
        }
        stopwatch.stop(Operation.QUANTIZE);
    }

    private void addTokens(int m) {
        var h = shape.hidden();
        var residuals = tokens.floats(0, m * h); // [M, H]
        var values = sums.floats(0, m * h); // [M, H]
        var row = new float[h];
        var residual = new float[h];
        for (var t = 0; t < m; t++) {
            values.get(t * h, row);
            residuals.get(t * h, residual);
            for (var i = 0; i < h; i++) {
                row[i] += residual[i];
            }
            values.put(t * h, row);
        }
    }

    @Override
    public void close() {
        denses.close();
        norms.close();
        activations.close();
        attentions.close();
        resources.close();
    }
}
