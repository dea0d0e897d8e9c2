package dev.packhorse.engine.model;

import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.weights.OnnxSignature;
import dev.packhorse.engine.weights.OnnxSignature.Value;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * The output of an ONNX graph that vectors are read from, chosen as the encoder that runs the graph does: by its usual
 * name, or where it is the only one of its rank; token vectors before pooled ones.
 *
 * @param name its name
 * @param perToken whether it has a vector for each token, or one for each row
 * @param width the length of its vectors, where the graph says it
 */
record GraphOutput(String name, boolean perToken, OptionalInt width) {

    private static final List<String> TOKEN_VECTORS = List.of("last_hidden_state", "token_embeddings");
    private static final String ROW_VECTORS = "sentence_embedding";

    /**
     * @param where the graph, for messages
     * @param asked the name that somebody asked for
     * @throws ModelException when there is none, or it is unclear which
     */
    static GraphOutput choose(String where, OnnxSignature signature, Optional<String> asked) {
        var outputs = signature.outputs();
        Optional<Value> found;
        if (asked.isPresent()) {
            found = only(outputs, output -> output.name().equals(asked.get()));
        } else if (outputs.stream().anyMatch(GraphOutput::isPerToken)) {
            found = TOKEN_VECTORS.stream()
                    .flatMap(name -> only(
                            outputs,
                            output -> isPerToken(output) && output.name().equals(name))
                            .stream())
                    .findFirst()
                    .or(() -> only(outputs, GraphOutput::isPerToken));
        } else {
            found = only(outputs, output -> rank(output) == 2 && output.name().equals(ROW_VECTORS))
                    .or(() -> only(outputs, output -> rank(output) == 2));
        }
        return found.filter(output -> rank(output) == 2 || rank(output) == 3)
                .map(output -> new GraphOutput(output.name(), isPerToken(output), width(output)))
                .orElseThrow(() -> new ModelException(
                        "%s: expected %s of rank 3 (a vector for each token) or 2 (one for each row), found %s; choose one with --onnx-output NAME"
                                .formatted(
                                        where,
                                        asked.map(name -> "an output " + name).orElse("one output of vectors"),
                                        outputs.stream()
                                                .map(output -> output.name() + " "
                                                        + output.dimensions()
                                                                .map(List::toString)
                                                                .orElse("of unknown rank"))
                                                .toList())));
    }

    /** Whether it has a name that exporters give to the last layer's token vectors. */
    boolean isLastLayers() {
        return TOKEN_VECTORS.contains(name);
    }

    private static boolean isPerToken(Value output) {
        return rank(output) == 3;
    }

    private static OptionalInt width(Value output) {
        var dimensions = output.dimensions().orElse(List.of());
        long last = dimensions.isEmpty() ? -1 : dimensions.get(dimensions.size() - 1);
        return last > 0 && last <= Integer.MAX_VALUE ? OptionalInt.of(Math.toIntExact(last)) : OptionalInt.empty();
    }

    private static int rank(Value output) {
        return output.dimensions().map(List::size).orElse(0);
    }

    private static Optional<Value> only(List<Value> outputs, Predicate<Value> wanted) {
        var found = outputs.stream().filter(wanted).toList();
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }
}
