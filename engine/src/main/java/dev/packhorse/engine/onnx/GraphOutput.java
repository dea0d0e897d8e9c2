package dev.packhorse.engine.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.weights.VectorOutputs;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    /**
     * Chooses by name and rank, as {@link VectorOutputs} has it.
     *
     * @param outputs all tensors that the graph gives, in its order
     * @param asked the name that somebody asked for; empty for none
     * @param width what the last dimension must be
     * @param where the file, for messages
     * @throws ModelException when none or several would do, or the one is not of such vectors
     */
    static GraphOutput choose(Map<String, TensorInfo> outputs, String asked, int width, String where) {
        var name = asked.isEmpty()
                ? VectorOutputs.choose(ranks(outputs))
                : Optional.of(asked).filter(outputs::containsKey);
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

    private static Map<String, Integer> ranks(Map<String, TensorInfo> outputs) {
        return outputs.entrySet().stream()
                .filter(output -> FLOATS.contains(output.getValue().type))
                .collect(Collectors.toMap(
                        Map.Entry::getKey, output -> output.getValue().getShape().length));
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
