package dev.packhorse.engine.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.padded.InputKind;
import dev.packhorse.engine.padded.PaddedCells;
import dev.packhorse.engine.transformer.TransformerShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A nested batch spread out to the rectangle that an exported graph wants, and the room for its answer. Direct buffers,
 * grown when needed and used again; one thread at a time.
 */
final class PaddedBatch {

    private final List<GraphInput> inputs;
    private final PaddedCells cells;
    private FloatBuffer answer = direct(0);

    /**
     * @param inputs what the graph is fed
     * @param padding the token id that the model's positions do not count, as {@link TransformerShape#padding()}
     */
    PaddedBatch(List<GraphInput> inputs, int padding) {
        this.inputs = inputs;
        this.cells = new PaddedCells(inputs.stream().map(GraphInput::padded).toList(), padding);
    }

    /** Fills all inputs and makes room for an answer of so many floats. */
    void fill(NestedBatch batch, int answerSize) {
        cells.fill(batch);
        if (answer.capacity() < answerSize) {
            answer = direct(answerSize);
        }
        answer.clear().limit(answerSize);
    }

    /**
     * The inputs as tensors over this batch's own buffers, by their names; the caller closes them.
     *
     * @throws OrtException when the runtime does not take them
     */
    Map<String, OnnxTensor> tensors(OrtEnvironment environment) throws OrtException {
        var shape = cells.shape();
        var tensors = new HashMap<String, OnnxTensor>();
        try {
            for (var i = 0; i < inputs.size(); i++) {
                var input = inputs.get(i);
                tensors.put(
                        input.kind().id(), OnnxTensor.createTensor(environment, cells.cells(i), shape, input.type()));
            }
            return tensors;
        } catch (OrtException | RuntimeException e) {
            tensors.values().forEach(OnnxTensor::close);
            throw e;
        }
    }

    /** The cells of one input, [B, S] row-major, as the graph gets them. */
    ByteBuffer cells(InputKind kind) {
        for (var i = 0; i < inputs.size(); i++) {
            if (inputs.get(i).kind() == kind) {
                return cells.cells(i);
            }
        }
        throw new IllegalArgumentException(kind.id() + " is not fed");
    }

    /** Where the graph's answer goes, from 0 to the limit. */
    FloatBuffer answer() {
        return answer;
    }

    private static FloatBuffer direct(int floats) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(floats, Float.BYTES))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }
}
