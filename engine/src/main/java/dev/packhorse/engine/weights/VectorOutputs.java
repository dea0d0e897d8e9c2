package dev.packhorse.engine.weights;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which output of an ONNX graph vectors are read from: token vectors [B, S, H] by their usual names, else the only output
 * of that rank; only where no output has it, pooled vectors [B, D] by their usual name, else the only output of that
 * rank. So BERT's pooler_output is never taken where there are token vectors.
 */
public final class VectorOutputs {

    /** The names that exporters give to the last layer's token vectors, the likelier first. */
    private static final List<String> TOKEN_VECTORS = List.of("last_hidden_state", "token_embeddings");

    private static final List<String> ROW_VECTORS = List.of("sentence_embedding");

    private VectorOutputs() {}

    /**
     * Chooses by name and rank.
     *
     * @param ranks of the outputs that may be vectors, by their names
     * @return a name; nothing where none will do, or several
     */
    public static Optional<String> choose(Map<String, Integer> ranks) {
        return ranks.containsValue(3) ? choose(ranks, 3, TOKEN_VECTORS) : choose(ranks, 2, ROW_VECTORS);
    }

    private static Optional<String> choose(Map<String, Integer> ranks, int rank, List<String> usual) {
        var ofRank =
                ranks.keySet().stream().filter(name -> ranks.get(name) == rank).toList();
        return usual.stream()
                .filter(ofRank::contains)
                .findFirst()
                .or(() -> ofRank.size() == 1 ? Optional.of(ofRank.get(0)) : Optional.empty());
    }

    /** Whether it is a name that exporters give to the last layer's token vectors. */
    public static boolean isLastLayers(String name) {
        return TOKEN_VECTORS.contains(name);
    }
}
