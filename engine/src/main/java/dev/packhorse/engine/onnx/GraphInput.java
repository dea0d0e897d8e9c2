package dev.packhorse.engine.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.padded.InputKind;
import dev.packhorse.engine.padded.PaddedInput;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * One of a graph's inputs: integers [B, S].
 *
 * @param kind what is fed
 * @param type INT64 or INT32
 */
record GraphInput(InputKind kind, OnnxJavaType type) {

    /**
     * Holds a graph's inputs against what we can feed.
     *
     * @param where the file, for messages
     * @throws ModelException when one is unknown, of another type or for one size of batches, or when there are no
     *     token ids among them
     */
    static List<GraphInput> of(Collection<NodeInfo> infos, String where) {
        var inputs = infos.stream().map(info -> of(info, where)).toList();
        if (inputs.stream().noneMatch(input -> input.kind == InputKind.TOKENS)) {
            throw new ModelException("%s: expected an input input_ids, found %s"
                    .formatted(where, infos.stream().map(NodeInfo::getName).toList()));
        }
        return inputs;
    }

    private static GraphInput of(NodeInfo info, String where) {
        var kind = InputKind.named(info.getName())
                .orElseThrow(() -> new ModelException("%s: expected no inputs but %s, found %s"
                        .formatted(
                                where,
                                Arrays.stream(InputKind.values())
                                        .map(InputKind::id)
                                        .toList(),
                                info.getName())));
        if (!(info.getInfo() instanceof TensorInfo tensor)
                || (tensor.type != OnnxJavaType.INT64 && tensor.type != OnnxJavaType.INT32)) {
            throw new ModelException("%s: expected the input %s to be int64 or int32, found %s"
                    .formatted(where, info.getName(), info.getInfo()));
        }
        refuseFixed(tensor.getShape(), 2, "input " + info.getName(), where);
        return new GraphInput(kind, tensor.type);
    }

    /** The same without ONNX Runtime's type. */
    PaddedInput padded() {
        return new PaddedInput(kind, type == OnnxJavaType.INT64);
    }

    /** Batches come in all sizes: the first dimensions, of rows and tokens, must be open; no shape at all is fine. */
    static void refuseFixed(long[] shape, int open, String what, String where) {
        if (Arrays.stream(shape).limit(open).anyMatch(length -> length != -1)) {
            throw new ModelException(
                    "%s: expected the %s to take any batch size and sequence length, found the shape %s, fixed when it was exported; export it again with dynamic axes"
                            .formatted(where, what, Arrays.toString(shape)));
        }
    }
}
