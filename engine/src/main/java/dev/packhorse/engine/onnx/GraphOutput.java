package dev.packhorse.engine.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;
import dev.packhorse.engine.contract.ModelException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The output that a graph's vectors are read from.
 *
 * @param name its name
 * @param type float of 16, 32 or 64 bits
 * @param perToken whether there is a vector for each token, [B, S, H], or one for each row, [B, D]
 */
record GraphOutput(String name, OnnxJavaType type, boolean perToken) {

    private static final Set<OnnxJavaType> FLOATS =
            EnumSet.of(OnnxJavaType.FLOAT, OnnxJavaType.FLOAT16, OnnxJavaType.BFLOAT16, OnnxJavaType.DOUBLE);

    /** The names that exporters give to token vectors, the likelier first. */
    private static final List<String> TOKEN_VECTORS = List.of("last_hidden_state", "token_embeddings");

    private static final String ROW_VECTORS = "sentence_embedding";

    /**
     * Chooses by name and rank: token vectors by their usual names, then the only output of rank 3, then pooled vectors
     * by their usual name, then the only output of rank 2. So BERT's pooler_output is never taken where there are token
     * vectors.
     *
     * @param outputs all tensors that the graph gives, in its order
     * @param asked the name that somebody asked for; empty for none
     * @param width what the last dimension must be
     * @param where the file, for messages
     * @throws ModelException when none or several would do, or the one is not of such vectors
     */
    static GraphOutput choose(Map<String, TensorInfo> outputs, String asked, int width, String where) {
        var name = asked.isEmpty() ? chosen(outputs) : Optional.of(asked).filter(outputs::containsKey);
        var info = name.map(outputs::get).filter(tensor -> isVectors(tensor, 3) || isVectors(tensor, 2));
        if (info.isEmpty()) {
            throw new ModelException(
                    "%s: expected %s [batch, sequence, %d] or [batch, %d], found the outputs %s; choose one with --onnx-output NAME"
                            .formatted(
                                    where,
                                    asked.isEmpty() ? "one output of vectors" : "an output " + asked + " of vectors",
                                    width,
                                    width,
                                    described(outputs)));
        }
        return checked(name.orElseThrow(), info.get(), width, where);
    }

    private static Optional<String> chosen(Map<String, TensorInfo> outputs) {
        for (var name : TOKEN_VECTORS) {
            if (outputs.containsKey(name) && isVectors(outputs.get(name), 3)) {
                return Optional.of(name);
            }
        }
        if (outputs.values().stream().anyMatch(tensor -> isVectors(tensor, 3))) {
            return only(outputs, tensor -> isVectors(tensor, 3));
        }
        return outputs.containsKey(ROW_VECTORS) && isVectors(outputs.get(ROW_VECTORS), 2)
                ? Optional.of(ROW_VECTORS)
                : only(outputs, tensor -> isVectors(tensor, 2));
    }

    private static Optional<String> only(Map<String, TensorInfo> outputs, Predicate<TensorInfo> wanted) {
        var names = outputs.entrySet().stream()
                .filter(output -> wanted.test(output.getValue()))
                .map(Map.Entry::getKey)
                .toList();
        return names.size() == 1 ? Optional.of(names.get(0)) : Optional.empty();
    }

    private static boolean isVectors(TensorInfo tensor, int rank) {
        return FLOATS.contains(tensor.type) && tensor.getShape().length == rank;
    }

    private static GraphOutput checked(String name, TensorInfo info, int width, String where) {
        var shape = info.getShape();
        var rank = shape.length;
        if (shape[rank - 1] != width) {
            throw new ModelException("%s: expected vectors of dimension %d as configured, found %d in the output %s"
                    .formatted(where, width, shape[rank - 1], name));
        }
        return new GraphOutput(name, info.type, rank == 3);
    }

    private static String described(Map<String, TensorInfo> outputs) {
        return outputs.entrySet().stream()
                .map(output -> "%s %s %s"
                        .formatted(
                                output.getKey(),
                                output.getValue().type,
                                Arrays.toString(output.getValue().getShape())))
                .collect(Collectors.joining(", "));
    }

    /** The shape of its answer to a batch of that many rows and tokens. */
    long[] shape(int rows, int longest, int width) {
        return perToken ? new long[] {rows, longest, width} : new long[] {rows, width};
    }
}
