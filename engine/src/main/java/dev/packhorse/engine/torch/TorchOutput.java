package dev.packhorse.engine.torch;

import ai.djl.ndarray.types.DataType;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.weights.VectorOutputs;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which of the tensors that a module gives its vectors are read from.
 *
 * @param name its key in a dict, else its place
 * @param perToken whether there is a vector for each token, [B, S, H], or one for each row, [B, H]
 */
record TorchOutput(String name, boolean perToken) {

    private static final Set<DataType> FLOATS =
            EnumSet.of(DataType.FLOAT32, DataType.FLOAT16, DataType.BFLOAT16, DataType.FLOAT64);

    /** A tensor that a module gave: how the module calls it, its shape and its numbers. */
    record Given(String name, List<Long> shape, DataType type) {
        @Override
        public String toString() {
            return "%s %s %s".formatted(name, type, shape);
        }
    }

    /**
     * Chooses by name and rank, as {@link VectorOutputs} has it.
     *
     * @param given what the module gave for a batch of that many rows and tokens
     * @param width what the last dimension must be
     * @param where the file, for messages
     * @throws ModelException when none or several would do, or the one is not of such vectors
     */
    static TorchOutput choose(List<Given> given, long rows, long longest, int width, String where) {
        var ranks = new LinkedHashMap<String, Integer>();
        given.stream().filter(one -> FLOATS.contains(one.type)).forEach(one -> ranks.put(one.name, one.shape.size()));
        var chosen = VectorOutputs.choose(ranks)
                .orElseThrow(() -> new ModelException(
                        "%s: expected one output of vectors [batch, sequence, %d] or [batch, %d], found %s; trace it again with a module that gives last_hidden_state alone"
                                .formatted(where, width, width, described(given))));
        var shape = given.stream()
                .filter(one -> one.name.equals(chosen))
                .findFirst()
                .orElseThrow()
                .shape;
        var perToken = shape.size() == 3;
        var expected = perToken ? List.of(rows, longest, (long) width) : List.of(rows, (long) width);
        if (!shape.get(shape.size() - 1).equals((long) width)) {
            throw new ModelException("%s: expected vectors of dimension %d as configured, found %d in the output %s"
                    .formatted(where, width, shape.get(shape.size() - 1), chosen));
        }
        if (!shape.equals(expected)) {
            throw new ModelException("%s: expected the shape %s for %d rows of %d tokens, found %s in the output %s"
                    .formatted(where, expected, rows, longest, shape, chosen));
        }
        return new TorchOutput(chosen, perToken);
    }

    private static String described(List<Given> given) {
        return given.stream().map(Given::toString).collect(Collectors.joining(", "));
    }

    /**
     * The answer that it names, among all that came of a batch.
     *
     * @throws EncoderException when it is not of the shape that goes with the batch
     */
    TorchModule.Answer find(List<TorchModule.Answer> answers, long rows, long longest, long width) {
        var expected = perToken ? List.of(rows, longest, width) : List.of(rows, width);
        return answers.stream()
                .filter(answer -> answer.name().equals(name))
                .filter(answer -> answer.given().shape().equals(expected))
                .findFirst()
                .orElseThrow(() -> new EncoderException("expected %s of shape %s from the module, found %s"
                        .formatted(
                                name,
                                expected,
                                answers.stream().map(TorchModule.Answer::given).toList())));
    }
}
