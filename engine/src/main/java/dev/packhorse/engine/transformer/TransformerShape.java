package dev.packhorse.engine.transformer;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * The sizes that buffers and kernels are made for, and what is computed with them.
 *
 * @param hidden H
 * @param embedding E, the width of the embeddings; where it is not H, a linear map leads from one to the other
 * @param heads attention heads; H is a multiple of it
 * @param intermediate F
 * @param vocabulary V, how many token ids there are
 * @param positions P, the longest row that can be encoded
 * @param epsilon what layer norm adds to the variance
 * @param normOrder where the norms stand
 * @param feedForward what the feed-forward network does between its matrices
 * @param padding the token id that has a position embedding of its own and is not counted in the others' positions;
 *     {@link #NO_PADDING} where there is none
 * @param relativePositions whether attention's scores get a bias by the distance of query and key
 * @param layers what each layer's attention sees, one for each layer
 */
public record TransformerShape(
        int hidden,
        int embedding,
        int heads,
        int intermediate,
        int vocabulary,
        int positions,
        float epsilon,
        NormOrder normOrder,
        FeedForward feedForward,
        int padding,
        boolean relativePositions,
        List<LayerAttention> layers)
        implements Serializable {

    /** No token id is special to the positions. */
    public static final int NO_PADDING = -1;

    /** Where the layer norms of a layer stand. */
    public enum NormOrder {
        /** After each residual: {@code x = norm(x + f(x))} (Devlin et al., arXiv 1810.04805). */
        AFTER,
        /** Before each sublayer, and once at the end: {@code x = x + f(norm(x))} (Xiong et al., arXiv 2002.04745). */
        BEFORE
    }

    public TransformerShape {
        layers = List.copyOf(layers);
    }

    /** The shape of BERT: norms after the residuals, an ungated GELU, all tokens seen by all layers. */
    public static TransformerShape bert(
            int hidden, int layers, int heads, int intermediate, int vocabulary, int positions, float epsilon) {
        return new TransformerShape(
                hidden,
                hidden,
                heads,
                intermediate,
                vocabulary,
                positions,
                epsilon,
                NormOrder.AFTER,
                new FeedForward(Activation.GELU, false),
                NO_PADDING,
                false,
                Collections.nCopies(layers, LayerAttention.EVERYWHERE));
    }

    /** The same with another feed-forward network. */
    public TransformerShape with(FeedForward other) {
        return changed(copy -> copy.feedForward = other);
    }

    /** The same with its norms elsewhere. */
    public TransformerShape with(NormOrder other) {
        return changed(copy -> copy.normOrder = other);
    }

    /** The same with another attention of its layers, one for each of them. */
    public TransformerShape with(List<LayerAttention> others) {
        return changed(copy -> copy.layers = others);
    }

    /** The same with embeddings of another width. */
    public TransformerShape withEmbedding(int width) {
        return changed(copy -> copy.embedding = width);
    }

    /** The same whose positions do not count that token. */
    public TransformerShape withPadding(int token) {
        return changed(copy -> copy.padding = token);
    }

    /** The same with biases by distance. */
    public TransformerShape withRelativePositions() {
        return changed(copy -> copy.relativePositions = true);
    }

    private TransformerShape changed(Consumer<Copy> change) {
        var copy = new Copy();
        change.accept(copy);
        return new TransformerShape(
                hidden,
                copy.embedding,
                heads,
                intermediate,
                vocabulary,
                positions,
                epsilon,
                copy.normOrder,
                copy.feedForward,
                copy.padding,
                copy.relativePositions,
                copy.layers);
    }

    /** What may be changed. */
    private final class Copy {
        private int embedding = TransformerShape.this.embedding;
        private NormOrder normOrder = TransformerShape.this.normOrder;
        private FeedForward feedForward = TransformerShape.this.feedForward;
        private int padding = TransformerShape.this.padding;
        private boolean relativePositions = TransformerShape.this.relativePositions;
        private List<LayerAttention> layers = TransformerShape.this.layers;
    }

    /** The width of one attention head. */
    public int headSize() {
        return hidden / heads;
    }

    /** Rows of the position table: one for each position, and one more for padding tokens where there are such. */
    public int positionRows() {
        return positions + (padding != NO_PADDING ? 1 : 0);
    }

    /** How many maps lead from H to F: two where one gates the other. */
    private int ups() {
        return feedForward.gated() ? 2 : 1;
    }

    /** Weights of all layers and embeddings, in numbers; norms and biases counted as BERT has them. */
    public long parameters() {
        var h = (long) hidden;
        return layers.size() * (4 * h * h + (ups() + 1) * h * intermediate + 9 * h + intermediate)
                + (vocabulary + positions + 2L) * embedding;
    }

    /**
     * Floating point operations of the matrix products for one token, a multiplication and an addition counting two:
     * those with weights, and those of attention in a row of the given length.
     *
     * @param length of the row, in tokens
     */
    public double operationsPerToken(double length) {
        var h = (double) hidden;
        var attention = layers.stream()
                .mapToDouble(layer -> Math.min(length, layer.mostKeys()))
                .sum();
        return layers.size() * 2 * (4 * h * h + (ups() + 1) * h * intermediate) + 4 * attention * h;
    }
}
