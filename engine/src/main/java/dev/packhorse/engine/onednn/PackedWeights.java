package dev.packhorse.engine.onednn;

import dev.packhorse.engine.nested.NativeBuffer;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.onednn.Calibration.LayerMaxima;
import dev.packhorse.engine.transformer.Dense;
import dev.packhorse.engine.transformer.LayerAttention;
import dev.packhorse.engine.transformer.LayerWeights;
import dev.packhorse.engine.transformer.Norm;
import dev.packhorse.engine.transformer.TransformerShape;
import dev.packhorse.engine.transformer.TransformerWeights;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.PointerScope;

/**
 * A whole model in oneDNN's layouts: read once, then shared by all threads. Owns all of its native memory, that of its {@link
 * PackedDense} maps too. Thread-safe but for {@link #close}.
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
    private final NativeBuffer words; // [V, E] float32
    private final float[] positions; // [P + 1, E], [1, E] or nothing
    private final float[] relativeBias; // [heads, 2 P - 1] or nothing
    private final Rotator rotator;
    private final PackedNorm embeddingNorm;
    private final Optional<PackedDense> embeddingProjection;
    private final List<Layer> layers = new ArrayList<>();
    private final Optional<PackedNorm> finalNorm;

    /** A layer norm's parameters, of the width that it norms each. */
    record PackedNorm(int width, memory scale, memory shift) {}

    /** One layer; see {@link LayerWeights}. */
    record Layer(
            Optional<PackedNorm> attentionNorm,
            PackedDense queryKeyValue,
            LayerAttention attention,
            PackedDense attentionOutput,
            PackedNorm feedForwardNorm,
            PackedDense up,
            Optional<PackedDense> gate,
            PackedDense down) {}

    /**
     * Reads and packs all weights.
     *
     * @param weights left open
     * @param capacity the most tokens that will be encoded at once
     * @param maxima of each layer's inputs; empty unless the numbers are quantised
     * @throws dev.packhorse.engine.contract.EncoderException when oneDNN has no optimised kernels for such numbers on this CPU
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
                    NativeBuffer.allocate(counted, (long) shape.vocabulary() * shape.embedding() * Float.BYTES));
            weights.wordEmbeddings(words());
            positions = weights.positionEmbeddings();
            relativeBias = weights.relativeBias();
            rotator = new Rotator(shape, Math.min(shape.positions(), capacity));
            embeddingNorm = pack(weights.embeddingNorm());
            embeddingProjection = weights.embeddingProjection()
                    .map(dense -> resources.add(PackedDense.floats(counted, projection(), dense, capacity)));
            for (var i = 0; i < shape.layers().size(); i++) {
                var attention = shape.layers().get(i);
                layers.add(
                        numbers.quantized()
                                ? integers(weights.layer(i), attention, maxima.get(i))
                                : floats(weights.layer(i), attention));
            }
            finalNorm = weights.finalNorm().map(this::pack);
        } catch (RuntimeException | Error e) {
            resources.closeAfter(e);
            throw e;
        }
    }

    private Layer floats(LayerWeights layer, LayerAttention attention) {
        return new Layer(
                layer.attentionNorm().map(this::pack),
                floats(queryKeyValue(), layer.queryKeyValue()),
                attention,
                floats(output("attention output", shape.hidden()), layer.attentionOutput()),
                pack(layer.feedForwardNorm()),
                floats(up(), layer.up()),
                layer.gate().map(gate -> floats(gate(), gate)),
                floats(output("feed-forward down", shape.intermediate()), layer.down()));
    }

    private PackedDense floats(DenseSpec spec, Dense dense) {
        return resources.add(PackedDense.floats(counted, spec, dense, capacity));
    }

    private Layer integers(LayerWeights layer, LayerAttention attention, LayerMaxima maxima) {
        return new Layer(
                layer.attentionNorm().map(this::pack),
                integers(queryKeyValue(), layer.queryKeyValue(), maxima.queryKeyValue()),
                attention,
                integers(output("attention output", shape.hidden()), layer.attentionOutput(), maxima.attentionOutput()),
                pack(layer.feedForwardNorm()),
                integers(up(), layer.up(), maxima.up()),
                layer.gate().map(gate -> integers(gate(), gate, maxima.up())),
                integers(output("feed-forward down", shape.intermediate()), layer.down(), maxima.down()));
    }

    private PackedDense integers(DenseSpec spec, Dense dense, float[] maxima) {
        return resources.add(PackedDense.integers(counted, spec, dense, maxima, capacity));
    }

    private PackedNorm pack(Norm norm) {
        try (var scope = new PointerScope()) {
            return new PackedNorm(norm.scale().length, vector(norm.scale()), vector(norm.shift()));
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

    /** The map that ends a sublayer. */
    private DenseSpec output(String name, int inputs) {
        var epilogue =
                switch (shape.normOrder()) {
                    case AFTER -> Epilogue.RESIDUAL;
                    case BEFORE -> Epilogue.ACCUMULATE;
                };
        return spec(name, inputs, shape.hidden(), epilogue, memory.data_type.f32);
    }

    private DenseSpec up() {
        var epilogue = Epilogue.of(shape.feedForward().activation());
        return spec("feed-forward up", shape.hidden(), shape.intermediate(), epilogue, numbers.inner());
    }

    private DenseSpec gate() {
        return spec("feed-forward gate", shape.hidden(), shape.intermediate(), Epilogue.GATE, numbers.inner());
    }

    /** From the embeddings to the layers' width, always in floats: it is small, and what all layers begin with. */
    private DenseSpec projection() {
        var target =
                switch (shape.normOrder()) {
                    case AFTER -> numbers.stream();
                    case BEFORE -> memory.data_type.f32;
                };
        return new DenseSpec(
                "embedding projection",
                shape.embedding(),
                0,
                shape.embedding(),
                shape.hidden(),
                Epilogue.NONE,
                Scaling.NONE,
                numbers.stream(),
                numbers.stream(),
                target);
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
                epilogue == Epilogue.GATE ? numbers.inner() : numbers.stream(),
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

    /** The embeddings of all words, [V, E]; a view that the caller moves on its own. */
    FloatBuffer words() {
        return words.floats(0, Math.multiplyExact(shape.vocabulary(), shape.embedding()));
    }

    /** See {@link TransformerWeights#positionEmbeddings}. */
    float[] positions() {
        return positions;
    }

    /** See {@link TransformerWeights#relativeBias}. */
    float[] relativeBias() {
        return relativeBias;
    }

    Rotator rotator() {
        return rotator;
    }

    PackedNorm embeddingNorm() {
        return embeddingNorm;
    }

    Optional<PackedDense> embeddingProjection() {
        return embeddingProjection;
    }

    Optional<PackedNorm> finalNorm() {
        return finalNorm;
    }

    List<Layer> layers() {
        return layers;
    }

    @Override
    public void close() {
        resources.close();
    }
}
