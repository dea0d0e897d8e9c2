package dev.packhorse.stores.rows;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.VarCharVector;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * A column of texts that is filled row by row, each text copied once, from Spark's memory to Arrow's: the vector's own setter takes
 * a byte array, and so a copy and an array more for each text. Not thread-safe.
 */
final class TextColumn {

    private final VarCharVector texts;
    private final int capacity;
    private ArrowBuf data;
    private long end;

    /** @param capacity rows at most */
    TextColumn(VarCharVector texts, int capacity) {
        this.texts = texts;
        this.capacity = capacity;
        texts.allocateNew(32L * capacity, capacity);
        this.data = texts.getDataBuffer();
        clear();
    }

    /** Makes it empty, and keeps its memory. */
    void clear() {
        end = 0;
        texts.getOffsetBuffer().setInt(0, 0);
        texts.getValidityBuffer().setZero(0, texts.getValidityBuffer().capacity());
    }

    /** Sets the text of a row; rows come in order. */
    void set(int row, UTF8String text) {
        var length = text.numBytes();
        while (data.capacity() < end + length) {
            texts.reallocDataBuffer();
            data = texts.getDataBuffer();
        }
        text.writeToMemory(null, data.memoryAddress() + end);
        end += length;
        BitVectorHelper.setBit(texts.getValidityBuffer(), row);
        setEnd(row);
    }

    /** Leaves a row without a text. */
    void setNull(int row) {
        setEnd(row);
    }

    private void setEnd(int row) {
        texts.getOffsetBuffer().setInt((row + 1L) * BaseVariableWidthVector.OFFSET_WIDTH, (int) end);
    }

    /** How many bytes its texts take. */
    long bytes() {
        return end;
    }

    /** Says how many rows there are. */
    void finish(int rows) {
        if (rows > capacity || end > Integer.MAX_VALUE) {
            throw new IllegalStateException("expected at most %d rows and 2 GiB of texts, found %d and %d bytes"
                    .formatted(capacity, rows, end));
        }
        texts.setLastSet(rows - 1);
        texts.setValueCount(rows);
    }
}
