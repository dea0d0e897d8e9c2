package dev.packhorse.engine.model;

import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.weights.OnnxSignature;
import dev.packhorse.engine.weights.OnnxSignature.Value;
import dev.packhorse.engine.weights.VectorOutputs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * The output of an ONNX graph that vectors are read from, as the graph's signature has it; see {@link VectorOutputs}.
 *
 * @param name its name
 * @param perToken whether it has a vector for each token, or one for each row
 * @param width the length of its vectors, where the graph says it
 */
record SignatureOutput(String name, boolean perToken, OptionalInt width) {

    /**
     * @param where the graph, for messages
     * @param asked the name that somebody asked for
     * @throws ModelException when there is none, or it is unclear which
     */
    static SignatureOutput choose(String where, OnnxSignature signature, Optional<String> asked) {
        var outputs = signature.outputs();
        var chosen = asked.or(() -> VectorOutputs.choose(ranks(outputs)));
        var found = chosen.flatMap(wanted ->
                outputs.stream().filter(output -> output.name().equals(wanted)).findFirst());
        return found.filter(output -> rank(output) == 2 || rank(output) == 3)
                .map(output -> new SignatureOutput(output.name(), isPerToken(output), width(output)))
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
        return VectorOutputs.isLastLayers(name);
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

    private static Map<String, Integer> ranks(List<Value> outputs) {
        return outputs.stream().collect(Collectors.toMap(Value::name, SignatureOutput::rank, (first, second) -> first));
    }
}
