package dev.packhorse.engine.padded;

import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.transformer.TransformerShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A nested batch spread out to a rectangle for each of a model's inputs. Direct buffers, grown when needed and used again; one
 * thread at a time.
 *
 * <p>S is the longest row of the batch; rows that are shorter end in padding, which the mask marks with 0.
 */
public final class PaddedCells {

    private final List<PaddedInput> inputs;
    private final int padding;
    private final ByteBuffer[] cells; // one for each input, [B, S] row-major
    private int rows;
    private int longest;

    /**
     * @param inputs what the model is fed
     * @param padding the token id that the model's positions do not count, as {@link TransformerShape#padding()}
     */
    public PaddedCells(List<PaddedInput> inputs, int padding) {
        this.inputs = List.copyOf(inputs);
        this.padding = padding;
        this.cells = new ByteBuffer[inputs.size()];
    }

    /**
     * Fills all inputs.
     *
     * @param batch stays the caller's
     * @throws ArithmeticException when the rectangle is larger than a Java buffer
     */
    public void fill(NestedBatch batch) {
        rows = batch.size();
        longest = batch.longest();
        for (var i = 0; i < cells.length; i++) {
            var size = Math.multiplyExact(
                    Math.multiplyExact(rows, longest), inputs.get(i).bytes());
            if (cells[i] == null || cells[i].capacity() < size) {
                cells[i] = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
            }
            cells[i].clear();
        }
        for (var b = 0; b < rows; b++) {
            fillRow(batch, b);
        }
        for (var filled : cells) {
            filled.flip();
        }
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
        if (padding < 0) { // unknown, or none: such models take no positions, or begin at 0
            return s;
        }
        return token == padding ? padding : padding + counted;
    }

    private void put(int input, int value) {
        if (inputs.get(input).wide()) {
            cells[input].putLong(value);
        } else {
            cells[input].putInt(value);
        }
    }

    /** The inputs, in the order of {@link #cells(int)}. */
    public List<PaddedInput> inputs() {
        return inputs;
    }

    /** The cells of an input, [B, S] row-major, from 0 to the limit; good until the next batch. */
    public ByteBuffer cells(int input) {
        return cells[input];
    }

    /** [B, S] of the last batch. */
    public long[] shape() {
        return new long[] {rows, longest};
    }
}
