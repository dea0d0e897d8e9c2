package dev.packhorse.stores.rows;

import dev.packhorse.stores.contract.CarriedColumn;
import dev.packhorse.stores.contract.VectorTable;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.unsafe.Platform;

/**
 * A batch that is filled from rows of Spark again and again. Vectors go from Spark's memory to Arrow's in one copy, for a loop over
 * boxed numbers would take longer than most stores do. Not thread-safe; the root is this one's, closed with it.
 */
public final class RowBatch implements AutoCloseable {

    private static final int VECTOR_PLACE = 1;
    private static final int FIRST_CARRIED = 6;

    private final int dimension;
    private final List<CarriedColumn> carried;
    private final VectorSchemaRoot root;
    private final int capacity;
    private final TextColumn[] texts; // id, content_hash, model_id, model_version
    private final TimeStampMicroTZVector embeddedAt;
    private final TextColumn[] carriedTexts; // of the columns carried along those that are texts, null elsewhere
    private final TextColumn metadata;
    private final FixedSizeListVector vectors;
    private final Float4Vector numbers; // [capacity, d] row-major
    private int rows;

    /**
     * @param allocator of all memory; about 4 d bytes a row and what texts take
     * @param capacity rows at most
     */
    public RowBatch(VectorTable table, BufferAllocator allocator, int capacity) {
        this.dimension = table.dimension();
        this.carried = table.carried();
        this.capacity = capacity;
        this.root = VectorSchemaRoot.create(table.schema(), allocator);
        try {
            this.texts = new TextColumn[] {
                text(VectorTable.ID),
                text(VectorTable.CONTENT_HASH),
                text(VectorTable.MODEL_ID),
                text(VectorTable.MODEL_VERSION)
            };
            this.embeddedAt = (TimeStampMicroTZVector) root.getVector(VectorTable.EMBEDDED_AT);
            embeddedAt.allocateNew(capacity);
            this.carriedTexts = new TextColumn[carried.size()];
            for (var i = 0; i < carriedTexts.length; i++) {
                allocate(i);
            }
            this.metadata = text(VectorTable.METADATA);
            this.vectors = (FixedSizeListVector) root.getVector(VectorTable.VECTOR);
            this.numbers = (Float4Vector) vectors.getDataVector();
            vectors.setInitialCapacity(capacity);
            numbers.setInitialCapacity(capacity * dimension);
            vectors.allocateNew();
            markWhole();
        } catch (RuntimeException | Error e) {
            root.close();
            throw e;
        }
    }

    private TextColumn text(String name) {
        return new TextColumn((VarCharVector) root.getVector(name), capacity);
    }

    private void allocate(int column) {
        var values = root.getVector(FIRST_CARRIED + column);
        if (carried.get(column).type() == CarriedColumn.Type.UTF8) {
            carriedTexts[column] = new TextColumn((VarCharVector) values, capacity);
        } else {
            values.setInitialCapacity(capacity);
            values.allocateNew();
        }
    }

    /** No vector and no number in it is ever null: said once. */
    private void markWhole() {
        var ofVectors = vectors.getValidityBuffer();
        ofVectors.setOne(0L, ofVectors.capacity());
        var ofNumbers = numbers.getValidityBuffer();
        ofNumbers.setOne(0L, ofNumbers.capacity());
    }

    /** Makes it empty, and keeps its memory. */
    public void clear() {
        rows = 0;
        for (var column : texts) {
            column.clear();
        }
        metadata.clear();
        for (var i = 0; i < carriedTexts.length; i++) {
            if (carriedTexts[i] == null) {
                var validity = root.getVector(FIRST_CARRIED + i).getValidityBuffer();
                validity.setZero(0, validity.capacity());
            } else {
                carriedTexts[i].clear();
            }
        }
    }

    /** Whether no row more fits. */
    public boolean isFull() {
        return rows == capacity;
    }

    /** How many bytes its texts take. */
    public long textBytes() {
        var bytes = metadata.bytes();
        for (var column : texts) {
            bytes += column.bytes();
        }
        for (var column : carriedTexts) {
            bytes += column == null ? 0 : column.bytes();
        }
        return bytes;
    }

    /** How many rows it has. */
    public int rows() {
        return rows;
    }

    /**
     * Adds a row.
     *
     * @param row with the columns of {@link VectorTable#schema}, in order; its vector an array of float without nulls, [d]
     */
    public void add(InternalRow row) {
        texts[0].set(rows, row.getUTF8String(0));
        setVector(row.getArray(VECTOR_PLACE));
        for (var i = 1; i < texts.length; i++) {
            texts[i].set(rows, row.getUTF8String(i + 1));
        }
        embeddedAt.set(rows, row.getLong(FIRST_CARRIED - 1));
        for (var i = 0; i < carriedTexts.length; i++) {
            setCarried(i, row);
        }
        metadata.set(rows, row.getUTF8String(FIRST_CARRIED + carriedTexts.length));
        rows++;
    }

    private void setVector(ArrayData vector) {
        var bytes = (long) dimension * Float.BYTES;
        var address = numbers.getDataBufferAddress() + rows * bytes;
        if (vector instanceof UnsafeArrayData unsafe) {
            var header = UnsafeArrayData.calculateHeaderPortionInBytes(dimension);
            Platform.copyMemory(unsafe.getBaseObject(), unsafe.getBaseOffset() + header, null, address, bytes);
        } else {
            var floats = vector.toFloatArray(); // [d]
            Platform.copyMemory(floats, Platform.FLOAT_ARRAY_OFFSET, null, address, bytes);
        }
    }

    private void setCarried(int column, InternalRow row) {
        var place = FIRST_CARRIED + column;
        if (row.isNullAt(place)) {
            if (carriedTexts[column] != null) {
                carriedTexts[column].setNull(rows);
            }
            return;
        }
        switch (carried.get(column).type()) {
            case UTF8 -> carriedTexts[column].set(rows, row.getUTF8String(place));
            case INT64 -> ((BigIntVector) root.getVector(place)).set(rows, row.getLong(place));
            case DOUBLE -> ((Float8Vector) root.getVector(place)).set(rows, row.getDouble(place));
            case BOOL -> ((BitVector) root.getVector(place)).set(rows, row.getBoolean(place) ? 1 : 0);
        }
    }

    /** The rows as Arrow, until the next {@link #clear}. */
    public VectorSchemaRoot root() {
        for (var column : texts) {
            column.finish(rows);
        }
        metadata.finish(rows);
        for (var column : carriedTexts) {
            if (column != null) {
                column.finish(rows);
            }
        }
        root.setRowCount(rows);
        return root;
    }

    @Override
    public void close() {
        root.close();
    }
}
