package dev.packhorse.engine.packed;

import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.onnxgraph.Dimension;
import dev.packhorse.engine.onnxgraph.ElementType;
import dev.packhorse.engine.onnxgraph.GraphBuilder;
import dev.packhorse.engine.onnxgraph.Nodes;
import dev.packhorse.engine.packed.NormNodes.Tokens;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.transformer.LayerWeights;
import dev.packhorse.engine.transformer.Norm;
import dev.packhorse.engine.transformer.TransformerShape;
import dev.packhorse.engine.transformer.TransformerShape.NormOrder;
import dev.packhorse.engine.transformer.TransformerWeights;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A model as a graph over packed tokens, with its weights beside it: ids and cumulative lengths in, vectors [B, D] float32
 * out. Operators: ONNX opset 17 and ONNX Runtime's own (github.com/microsoft/onnxruntime, docs/ContribOperators.md).
 *
 * <p>Owns the native memory of its weights. Not thread-safe.
 */
final class PackedGraph implements AutoCloseable {

    /** The name of what comes out. */
    static final String VECTORS = "vectors";

    private static final int IR_VERSION = 8;
    private static final Map<String, Integer> OPSETS = Map.of("", 17, "com.microsoft", 1);

    /**
     * Memory-efficient attention takes a bias only in rectangles of such widths: 4 times a number's bytes
     * (packed_multihead_attention.cc), those of float32 for both.
     */
    private static final int BIASED_WIDTH = 16;

    private final GraphBuilder graph;
    private final Initializers weights;
    private final Set<PackedInput> inputs =
            EnumSet.of(PackedInput.TOKEN_IDS, PackedInput.TOKEN_OFFSET, PackedInput.CUMULATIVE_LENGTHS);
    private final TransformerShape shape;

    private PackedGraph(GraphBuilder graph, Initializers weights, TransformerShape shape) {
        this.graph = graph;
        this.weights = weights;
        this.shape = shape;
    }

    /**
     * Writes one.
     *
     * @param memory where the weights lie; outlives the graph
     * @param weights left open; not used afterwards
     * @param pooler whose head becomes part of the graph
     * @param type of matrices and token vectors: FLOAT or FLOAT16
     * @throws EncoderException when a weight is too large for the type
     */
    static PackedGraph of(
            NativeMemory memory, TransformerWeights weights, Pooler pooler, Flavour flavour, ElementType type) {
        var builder = new GraphBuilder("packed");
        var graph = new PackedGraph(builder, new Initializers(memory, builder), weights.shape());
        try {
            graph.build(weights, pooler, flavour, type);
            return graph;
        } catch (RuntimeException | Error e) {
            graph.close();
            throw e;
        }
    }

    private void build(TransformerWeights model, Pooler pooler, Flavour flavour, ElementType type) {
        var context = new GraphContext(new Nodes(graph), "", weights, shape, type);
        var positions = model.positionEmbeddings();
        if (EmbeddingNodes.hasPositions(positions, shape.embedding())) {
            inputs.add(PackedInput.POSITIONS);
        }
        if (shape.layers().stream().anyMatch(layer -> layer.rotation().turns())) {
            inputs.add(PackedInput.PLACES);
        }
        declare();
        var cells = new RowCells(context);
        var embedded = EmbeddingNodes.of(context, model, positions);
        var hidden = layers(context, model, flavour, cells, embedded);
        var vectors = new PoolingNodes(context, cells, pooler.skipped()).of(pooler, hidden);
        graph.output(
                VECTORS,
                vectors,
                ElementType.FLOAT,
                Dimension.of("rows"),
                Dimension.of(pooler.dimension(shape.hidden())));
    }

    private void declare() {
        var tokens = Dimension.of("tokens");
        for (var input : inputs) {
            switch (input) {
                case TOKEN_IDS, POSITIONS, PLACES -> graph.input(input.id(), ElementType.INT32, tokens);
                case TOKEN_OFFSET ->
                    graph.input(input.id(), ElementType.INT32, Dimension.of("rows"), Dimension.of("cells"));
                case CUMULATIVE_LENGTHS -> graph.input(input.id(), ElementType.INT32, Dimension.of("rows + 1"));
            }
        }
    }

    /** @return name of the token vectors behind the last layer and norm, [T, H] */
    private String layers(
            GraphContext context, TransformerWeights model, Flavour flavour, RowCells cells, String embedded) {
        var nodes = new LayerNodes(context, flavour, cells, new DistanceBias(context, model.relativeBias()));
        var count = shape.layers().size();
        var layer = model.layer(0);
        var tokens = first(context, embedded, layer);
        for (var i = 0; i < count; i++) {
            var next = i + 1 < count ? Optional.of(model.layer(i + 1)) : Optional.<LayerWeights>empty();
            Optional<Norm> nextNorm = next.isPresent() ? next.get().attentionNorm() : model.finalNorm();
            tokens = nodes.of(i, layer, tokens, nextNorm);
            layer = next.orElse(layer);
        }
        return tokens.input();
    }

    private Tokens first(GraphContext context, String embedded, LayerWeights layer) {
        var norm = shape.normOrder() == NormOrder.BEFORE ? layer.attentionNorm() : Optional.<Norm>empty();
        return NormNodes.first(context.in("layer.0.input"), embedded, norm);
    }

    /** The ONNX file, without weights. */
    byte[] bytes() {
        return graph.toBytes(IR_VERSION, OPSETS);
    }

    /** The weights. */
    Initializers weights() {
        return weights;
    }

    /** What it is fed. */
    Set<PackedInput> inputs() {
        return inputs;
    }

    /** What the width of a launch's rectangle must be a multiple of. */
    int widthMultiple() {
        return DistanceBias.isNeeded(shape) ? BIASED_WIDTH : 1;
    }

    @Override
    public void close() {
        weights.close();
    }
}
