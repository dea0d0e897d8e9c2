package dev.packhorse.engine.packed;

import dev.packhorse.engine.transformer.Norm;
import dev.packhorse.engine.transformer.TransformerWeights;

/** Words and positions, added and normed, [T, H]. */
final class EmbeddingNodes {

    private EmbeddingNodes() {}

    /** Whether each token gets a row of the position table by its position. */
    static boolean hasPositions(float[] positions, int width) {
        return positions.length > width;
    }

    /** @param positions as {@link TransformerWeights#positionEmbeddings} */
    static String of(GraphContext context, TransformerWeights weights, float[] positions) {
        var in = context.in("embeddings");
        var shape = context.shape();
        var e = shape.embedding();
        var words = in.weights().add("embeddings.words", in.type(), weights::wordEmbeddings, shape.vocabulary(), e);
        var looked = in.nodes().row(words, PackedInput.TOKEN_IDS.id());
        var normed = normed(in, looked, weights.embeddingNorm(), positions);
        return weights.embeddingProjection()
                .map(map -> in.mapped("projection", map, normed))
                .orElse(normed);
    }

    private static String normed(GraphContext in, String words, Norm norm, float[] positions) {
        if (positions.length == 0) {
            return NormNodes.of(in, "norm", norm, words, in.type());
        }
        var width = in.shape().embedding();
        var table = in.weight("positions", in.type(), positions, positions.length / width, width);
        return hasPositions(positions, width)
                ? NormNodes.ofSum(in, "norm", norm, words, in.nodes().row(table, PackedInput.POSITIONS.id()), in.type())
                : NormNodes.of(in, "norm", norm, in.nodes().both("Add", words, table), in.type());
    }
}
