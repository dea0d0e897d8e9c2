package dev.packhorse.engine.onednn;

import dev.packhorse.engine.nested.NativeBuffer;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.onednn.Calibration.LayerMaxima;
import dev.packhorse.engine.transformer.Dense;
import dev.packhorse.engine.transformer.LayerWeights;
import dev.packhorse.engine.transformer.Norm;
import dev.packhorse.engine.transformer.TransformerShape;
import dev.packhorse.engine.transformer.TransformerWeights;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.PointerScope;

/**
 * A whole model in oneDNN's layouts: read once, then shared by all threads. Thread-safe but for {@link #close}.
 */
final class PackedWeights implements AutoCloseable {

    /** The most rows that quantised weights may be appended, beyond which their sums are not worth the multiplying. */
    private static final int MOST_ZERO_ROWS = 128;

    private final Resources resources = new Resources();
    private final NativeMemory counted;
    private final TransformerShape shape;
    private final Numbers numbers;
    private final int capacity;
    private final Scaling scaling;
    private final NativeBuffer words; // [V, H] float32
    private final float[] positions; // [P, H]
    private final PackedNorm embeddingNorm;
    private final List<Layer> layers = new ArrayList<>();

    /** A layer norm's parameters, [H] each. */
    record PackedNorm(memory scale, memory shift) {}

    /** One layer; see {@link dev.packhorse.engine.transformer.LayerWeights}. */
    record Layer(
            PackedDense queryKeyValue,
            PackedDense attentionOutput,
            PackedNorm attentionNorm,
            PackedDense up,
            PackedDense down,
            PackedNorm feedForwardNorm) {}

    /**
     * Reads and packs all weights.
     *
     * @param weights left open
     * @param capacity the most tokens that will be encoded at once
     * @param maxima of each layer's inputs; empty unless the numbers are quantised
     * @throws dev.packhorse.engine.EncoderException when oneDNN has no optimised kernels for such numbers on this CPU
     */
    PackedWeights(
            NativeMemory counted, TransformerWeights weights, Numbers numbers, int capacity, List<LayerMaxima> maxima) {
        this.counted = counted;
        this.shape = weights.shape();
        this.numbers = numbers;
        this.capacity = capacity;
        this.scaling = scaling(numbers, shape.hidden(), shape.intermediate(), capacity);
        try {
            words = resources.add(
                    NativeBuffer.allocate(counted, (long) shape.vocabulary() * shape.hidden() * Float.BYTES));
            weights.wordEmbeddings(words.floats(0, Math.multiplyExact(shape.vocabulary(), shape.hidden())));
            positions = weights.positionEmbeddings();
            embeddingNorm = pack(weights.embeddingNorm());
            for (var i = 0; i < shape.layers().size(); i++) {
                layers.add(numbers.quantized() ? integers(weights.layer(i), maxima.get(i)) : floats(weights.layer(i)));
            }
        } catch (RuntimeException e) {
            resources.close();
            throw e;
        }
    }

    private Layer floats(LayerWeights layer) {
        return new Layer(
                resources.add(PackedDense.floats(counted, queryKeyValue(), layer.queryKeyValue(), capacity)),
                resources.add(PackedDense.floats(counted, attentionOutput(), layer.attentionOutput(), capacity)),
                pack(layer.attentionNorm().orElseThrow()),
                resources.add(PackedDense.floats(counted, up(), layer.up(), capacity)),
                resources.add(PackedDense.floats(counted, down(), layer.down(), capacity)),
                pack(layer.feedForwardNorm()));
    }

    private Layer integers(LayerWeights layer, LayerMaxima maxima) {
        return new Layer(
                integers(queryKeyValue(), layer.queryKeyValue(), maxima.queryKeyValue()),
                integers(attentionOutput(), layer.attentionOutput(), maxima.attentionOutput()),
                pack(layer.attentionNorm().orElseThrow()),
                integers(up(), layer.up(), maxima.up()),
                integers(down(), layer.down(), maxima.down()),
                pack(layer.feedForwardNorm()));
    }

    private PackedDense integers(DenseSpec spec, Dense dense, float[] maxima) {
        return resources.add(PackedDense.integers(counted, spec, dense, maxima, capacity));
    }

    private PackedNorm pack(Norm norm) {
        try (var scope = new PointerScope()) {
            return new PackedNorm(vector(norm.scale()), vector(norm.shift()));
        }
    }

    private memory vector(float[] values) {
        return resources.allocate(counted, Descs.vector(memory.data_type.f32, values.length), values);
    }

    /** With 8-bit integers, whether the kernel can scale each token; the library knows for which CPUs it has one. */
    static Scaling scaling(Numbers numbers, int inputs, int outputs, int tokens) {
        if (!numbers.quantized()) {
            return Scaling.NONE;
        }
        var fused = new DenseSpec(
                "int8",
                inputs,
                0,
                inputs,
                outputs,
                Epilogue.GELU,
                Scaling.FUSED,
                memory.data_type.u8,
                memory.data_type.f32,
                memory.data_type.f32);
        return OneDnn.hasVnni() && !fused.implementation(tokens).contains("ref") ? Scaling.FUSED : Scaling.AFTERWARDS;
    }

    private DenseSpec queryKeyValue() {
        return spec("query, key, value", shape.hidden(), 3 * shape.hidden(), Epilogue.NONE, numbers.attention());
    }

    private DenseSpec attentionOutput() {
        return spec("attention output", shape.hidden(), shape.hidden(), Epilogue.RESIDUAL, memory.data_type.f32);
    }

    private DenseSpec up() {
        return spec("feed-forward up", shape.hidden(), shape.intermediate(), Epilogue.GELU, numbers.inner());
    }

    private DenseSpec down() {
        return spec("feed-forward down", shape.intermediate(), shape.hidden(), Epilogue.RESIDUAL, memory.data_type.f32);
    }

    private DenseSpec spec(String name, int inputs, int outputs, Epilogue epilogue, memory.data_type target) {
        return new DenseSpec(
                name,
                inputs,
                0,
                inputStride(inputs),
                outputs,
                epilogue,
                scaling,
                numbers.quantized() ? memory.data_type.u8 : numbers.stream(),
                numbers.stream(),
                scaling == Scaling.AFTERWARDS ? memory.data_type.f32 : target);
    }

    /** How many numbers from one token's inputs to the next one's: with integers, room for the rows appended. */
    int inputStride(int inputs) {
        return scaling == Scaling.FUSED ? inputs + MOST_ZERO_ROWS : inputs;
    }

    /** What the library calls the code of the matmuls, such as {@code brg_matmul:avx2}. */
    String kernel() {
        return up().implementation(capacity);
    }

    TransformerShape shape() {
        return shape;
    }

    Numbers numbers() {
        return numbers;
    }

    /** The most tokens that can be encoded at once. */
    int capacity() {
        return capacity;
    }

    /** The embedding of a word, [H]; a view that the caller moves on its own. */
    FloatBuffer words() {
        return words.floats(0, Math.multiplyExact(shape.vocabulary(), shape.hidden()));
    }

    /** What is added at each position, [P, H]. */
    float[] positions() {
        return positions;
    }

    PackedNorm embeddingNorm() {
        return embeddingNorm;
    }

    List<Layer> layers() {
        return layers;
    }

    @Override
    public void close() {
        resources.close();
    }
}
