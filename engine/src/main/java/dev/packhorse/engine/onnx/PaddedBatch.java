package dev.packhorse.engine.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.packhorse.engine.nested.NestedBatch;
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
 *
 * <p>S is the longest row of the batch; rows that are shorter end in padding, which the mask marks with 0.
 */
final class PaddedBatch {

    private final List<GraphInput> inputs;
    private final int padding;
    private final ByteBuffer[] cells; // one for each input, [B, S] row-major
    private FloatBuffer answer = direct(0).asFloatBuffer();
    private int rows;
    private int longest;

    /**
     * @param inputs what the graph is fed
     * @param padding the token id that the model's positions do not count, as {@link TransformerShape#padding()}
     */
    PaddedBatch(List<GraphInput> inputs, int padding) {
        this.inputs = inputs;
        this.padding = padding;
        this.cells = new ByteBuffer[inputs.size()];
    }

    /** Fills all inputs and makes room for an answer of so many floats. */
    void fill(NestedBatch batch, int answerSize) {
        rows = batch.size();
        longest = batch.longest();
        var size = Math.multiplyExact(Math.multiplyExact(rows, longest), Long.BYTES);
        for (var i = 0; i < cells.length; i++) {
            if (cells[i] == null || cells[i].capacity() < size) {
                cells[i] = direct(size);
            }
            cells[i].clear();
        }
        for (var b = 0; b < rows; b++) {
            fillRow(batch, b);
        }
        for (var filled : cells) {
            filled.flip();
        }
        if (answer.capacity() < answerSize) {
            answer = direct(Math.multiplyExact(answerSize, Float.BYTES)).asFloatBuffer();
        }
        answer.clear().limit(answerSize);
    }

    private void fillRow(NestedBatch batch, int b) {
        var values = batch.values();
        var start = batch.offsets().get(b);
        var length = batch.offsets().get(b + 1) - start;
        var counted = 0;
        for (var s = 0; s < longest; s++) {
            var token = s < length ? values.get(start + s) : paddingToken();
            if (token != padding) {
                counted++;
            }
            for (var i = 0; i < cells.length; i++) {
                put(
                        i,
                        switch (inputs.get(i).kind()) {
                            case TOKENS -> token;
                            case MASK -> s < length ? 1 : 0;
                            case TYPES -> 0; // every text is a first segment
                            case POSITIONS -> position(s, token, counted);
                        });
            }
        }
    }

    /** Where the model's is unknown, any valid id does: the mask hides it. */
    private int paddingToken() {
        return Math.max(0, padding);
    }

    /** RoBERTa's positions start behind the padding token's id, which is padding's own position; others' start at 0. */
    private int position(int s, int token, int counted) {
        if (padding < 0) { // unknown, or none: such graphs take no positions, or begin at 0
            return s;
        }
        return token == padding ? padding : padding + counted;
    }

    private void put(int input, int value) {
        if (inputs.get(input).type() == OnnxJavaType.INT64) {
            cells[input].putLong(value);
        } else {
            cells[input].putInt(value);
        }
    }

    /**
     * The inputs as tensors over this batch's own buffers, by their names; the caller closes them.
     *
     * @throws OrtException when the runtime does not take them
     */
    Map<String, OnnxTensor> tensors(OrtEnvironment environment) throws OrtException {
        var shape = new long[] {rows, longest};
        var tensors = new HashMap<String, OnnxTensor>();
        try {
            for (var i = 0; i < cells.length; i++) {
                var input = inputs.get(i);
                tensors.put(input.kind().id(), OnnxTensor.createTensor(environment, cells[i], shape, input.type()));
            }
            return tensors;
        } catch (OrtException | RuntimeException e) {
            tensors.values().forEach(OnnxTensor::close);
            throw e;
        }
    }

    /** The cells of one input, [B, S] row-major, as the graph gets them. */
    ByteBuffer cells(GraphInput.Kind kind) {
        for (var i = 0; i < cells.length; i++) {
            if (inputs.get(i).kind() == kind) {
                return cells[i];
            }
        }
        throw new IllegalArgumentException(kind.id() + " is not fed");
    }

    /** Where the graph's answer goes, from 0 to the limit. */
    FloatBuffer answer() {
        return answer;
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
}
