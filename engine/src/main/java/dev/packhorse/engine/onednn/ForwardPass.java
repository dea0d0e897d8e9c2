package dev.packhorse.engine.onednn;

import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.nested.NativeBuffer;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.onednn.PackedWeights.Layer;
import dev.packhorse.engine.onednn.Workspace.NormTarget;
import dev.packhorse.engine.transformer.TransformerShape;
import java.nio.FloatBuffer;

/**
 * The way of a batch through all layers, as {@link dev.packhorse.engine.transformer.LayerWeights} describes it, in the
 * buffers of one workspace. {@link dev.packhorse.engine.reference.PlainEncoder} goes the same way in plain Java.
 *
 * <p>T is the batch's tokens, M these rounded up to a size that kernels are compiled for. Belongs to the workspace's thread;
 * owns no memory.
 */
final class ForwardPass {

    private final PackedWeights weights;
    private final TransformerShape shape;
    private final Workspace workspace;

    ForwardPass(PackedWeights weights, Workspace workspace) {
        this.weights = weights;
        this.shape = weights.shape();
        this.workspace = workspace;
    }

    /**
     * Runs a batch through all layers.
     *
     * @return the vectors of the batch's tokens, [T, H] float32 row-major; a view of the workspace's memory, valid until the
     *     next batch
     * @throws EncoderException when a token id is none of the model's
     */
    FloatBuffer run(NestedBatch batch) {
        return run(batch, (layer, state) -> {});
    }

    /** Sees the tokens' vectors on their way; for tests. */
    @FunctionalInterface
    interface StateListener {

        /**
         * The vectors of the batch's tokens, before a final norm.
         *
         * @param layer how many layers they went through
         * @param state [M, H], in the type that it lies in; valid during the call
         */
        void state(int layer, NativeBuffer state);
    }

    /** The same, which tells the state before the first layer and after each. */
    FloatBuffer run(NestedBatch batch, StateListener listener) {
        workspace.stopwatch().start();
        var m = Rounding.tokens(batch.tokens());
        var offsets = new int[batch.size() + 1];
        batch.offsets().get(offsets);
        embed(batch, m);
        normEmbeddings(m);
        var layers = weights.layers();
        listener.state(0, state(false));
        for (var i = 0; i < layers.size(); i++) {
            switch (shape.normOrder()) {
                case AFTER -> normAfter(layers.get(i), m, offsets, i == layers.size() - 1);
                case BEFORE -> normBefore(layers.get(i), m, offsets);
            }
            listener.state(i + 1, state(i == layers.size() - 1));
        }
        weights.finalNorm().ifPresent(norm -> workspace.norm(norm, m, NormTarget.SUMS));
        return workspace.sums().floats(0, batch.tokens() * shape.hidden());
    }

    /** Where the tokens' vectors are between two layers, and behind the last. */
    private NativeBuffer state(boolean last) {
        return switch (shape.normOrder()) {
            case AFTER -> last ? workspace.sums() : workspace.tokens();
            case BEFORE -> workspace.sums();
        };
    }

    /** Puts the sum of each token's embeddings where the first norm reads, [M, E]; zeros follow up to M. */
    private void embed(NestedBatch batch, int m) {
        var e = shape.embedding();
        var words = weights.words(); // [V, E]
        var embedded = workspace.sums().floats(0, m * e); // [M, E]
        var values = batch.values();
        var offsets = batch.offsets();
        var token = new float[e];
        for (var b = 0; b < batch.size(); b++) {
            var position = 0;
            for (var t = offsets.get(b); t < offsets.get(b + 1); t++) {
                var word = values.get(t);
                if (word < 0 || word >= shape.vocabulary()) {
                    throw new EncoderException(
                            "expected a token id below %d, found %d".formatted(shape.vocabulary(), word));
                }
                words.get(word * e, token);
                addPosition(token, word == shape.padding() ? shape.positions() : position++);
                embedded.put(token);
            }
        }
        embedded.put(new float[embedded.remaining()]);
        workspace.stopwatch().stop(Operation.EMBED);
    }

    /** @param row of the table; all are one where the table has one */
    private void addPosition(float[] token, int row) {
        var positions = weights.positions();
        if (positions.length > 0) {
            var first = row * token.length % positions.length;
            for (var i = 0; i < token.length; i++) {
                token[i] += positions[first + i];
            }
        }
    }

    private void normEmbeddings(int m) {
        var projection = weights.embeddingProjection();
        if (projection.isPresent()) {
            var to =
                    switch (shape.normOrder()) {
                        case AFTER -> workspace.tokens();
                        case BEFORE -> workspace.sums();
                    };
            workspace.norm(weights.embeddingNorm(), m, NormTarget.INNER);
            workspace.multiply(projection.get(), workspace.inner(), to, m);
            workspace.stopwatch().stop(Operation.EMBED);
        } else {
            var to =
                    switch (shape.normOrder()) {
                        case AFTER -> NormTarget.TOKENS;
                        case BEFORE -> NormTarget.SUMS;
                    };
            workspace.norm(weights.embeddingNorm(), m, to);
        }
    }

    private void normAfter(Layer layer, int m, int[] offsets, boolean last) {
        attend(layer, m, offsets);
        layer.attentionNorm().ifPresent(norm -> workspace.norm(norm, m, NormTarget.TOKENS));
        feedForward(layer, m);
        workspace.norm(layer.feedForwardNorm(), m, last ? NormTarget.SUMS : NormTarget.TOKENS);
    }

    private void normBefore(Layer layer, int m, int[] offsets) {
        layer.attentionNorm()
                .ifPresentOrElse(norm -> workspace.norm(norm, m, NormTarget.TOKENS), () -> workspace.copySums(m));
        attend(layer, m, offsets);
        workspace.norm(layer.feedForwardNorm(), m, NormTarget.TOKENS);
        feedForward(layer, m);
    }

    private void attend(Layer layer, int m, int[] offsets) {
        project(layer.queryKeyValue(), workspace.queryKeyValue(), m);
        workspace.stopwatch().stop(Operation.QUERY_KEY_VALUE);
        workspace.attend(layer.attention(), offsets);
        output(layer.attentionOutput(), m);
        workspace.stopwatch().stop(Operation.ATTENTION_OUTPUT);
    }

    private void feedForward(Layer layer, int m) {
        var gate = layer.gate();
        var activated = gate.isPresent() ? workspace.activated() : workspace.inner();
        project(layer.up(), activated, m);
        if (layer.up().spec().scaling() == Scaling.AFTERWARDS) {
            workspace.activate(activated, m);
        }
        gate.ifPresent(dense -> {
            project(dense, workspace.inner(), m);
            if (dense.spec().scaling() == Scaling.AFTERWARDS) {
                Rows.multiply(workspace.inner(), activated, m, shape.intermediate());
            }
        });
        workspace.stopwatch().stop(Operation.UP);
        output(layer.down(), m);
        workspace.stopwatch().stop(Operation.DOWN);
    }

    /** A map of the token vectors. */
    private void project(PackedDense dense, NativeBuffer to, int m) {
        workspace.quantize(dense, workspace.tokens(), m);
        workspace.multiply(dense, workspace.tokens(), to, m);
        if (dense.spec().scaling() == Scaling.AFTERWARDS) {
            workspace.integers().rescale(dense, to, m);
        }
    }

    /** The end of a sublayer: from the inner numbers to the sums, with what the epilogue adds. */
    private void output(PackedDense dense, int m) {
        workspace.quantize(dense, workspace.inner(), m);
        if (dense.spec().scaling() != Scaling.AFTERWARDS) {
            workspace.multiply(dense, workspace.inner(), workspace.sums(), m);
            return;
        }
        switch (shape.normOrder()) {
            case AFTER -> {
                workspace.multiply(dense, workspace.inner(), workspace.sums(), m);
                workspace.integers().rescale(dense, workspace.sums(), m);
                Rows.add(workspace.sums(), workspace.tokens(), m, shape.hidden());
            }
            case BEFORE -> { // the sums must stay; the inner numbers are integers already
                workspace.multiply(dense, workspace.inner(), workspace.inner(), m);
                workspace.integers().rescale(dense, workspace.inner(), m);
                Rows.add(workspace.sums(), workspace.inner(), m, shape.hidden());
            }
        }
    }
}
