package dev.packhorse.engine.weights;

import dev.packhorse.engine.contract.ModelException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What goes into an ONNX graph, what comes out, and which other files it needs. Reading it passes over the weights,
 * which may be gigabytes. Immutable.
 *
 * <p>Format: github.com/onnx/onnx, onnx/onnx.proto (GraphProto.input 11 and output 12, TensorProto.external_data 13).
 *
 * @param inputs in the graph's order; without initializers, which graphs of an old format list too
 * @param outputs in the graph's order
 * @param externalData paths of files with weights, relative to the graph's folder and within it, with / between parts
 */
public record OnnxSignature(List<Value> inputs, List<Value> outputs, Set<String> externalData) {

    public OnnxSignature {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        externalData = Set.copyOf(externalData);
    }

    /**
     * A tensor that goes in or comes out.
     *
     * @param dimensions -1 for those that differ from call to call; empty where the graph does not say how many
     */
    public record Value(String name, ElementType type, Optional<List<Long>> dimensions) {}

    /** The numbers of a tensor: TensorProto.DataType, as far as encoders take and give them. */
    public enum ElementType {
        FLOAT,
        DOUBLE,
        FLOAT16,
        BFLOAT16,
        INT32,
        INT64,
        BOOL,
        /** Another one, no tensor at all, or not said. */
        OTHER;

        static ElementType of(long dataType) {
            return switch ((int) dataType) {
                case 1 -> FLOAT;
                case 6 -> INT32;
                case 7 -> INT64;
                case 9 -> BOOL;
                case 10 -> FLOAT16;
                case 11 -> DOUBLE;
                case 16 -> BFLOAT16;
                default -> OTHER;
            };
        }
    }

    /**
     * Reads a graph's signature.
     *
     * @param name what to call the file in messages
     * @throws ModelException when it is no ONNX graph, or wants data from outside its folder; the message names the file
     */
    public static OnnxSignature read(String name, Path file) {
        try (var source = SourceFile.open(name, file)) {
            return WeightsFile.named(name, () -> OnnxSignatureReader.read(source));
        }
    }
}
