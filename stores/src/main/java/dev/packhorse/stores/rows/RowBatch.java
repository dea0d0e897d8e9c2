package dev.packhorse.stores.rows;

import dev.packhorse.stores.contract.CarriedColumn;
import dev.packhorse.stores.contract.VectorTable;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
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
import org.apache.spark.unsafe.types.UTF8String;

/**
 * A batch that is filled from rows of Spark again and again. Vectors go from Spark's memory to Arrow's in one copy, for a loop over
 * boxed numbers would take longer than most stores do. Not thread-safe; the root is this one's, closed with it.
 */
public final class RowBatch implements AutoCloseable {

    private static final int VECTOR_PLACE = 1;

    private final int dimension;
    private final List<CarriedColumn> carried;
    private final VectorSchemaRoot root;
    private final int capacity;
    private final VarCharVector[] texts; // id, content_hash, model_id, model_version
    private final TimeStampMicroTZVector embeddedAt;
    private final VarCharVector metadata;
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
        this.texts = new VarCharVector[] {
            text(VectorTable.ID),
            text(VectorTable.CONTENT_HASH),
            text(VectorTable.MODEL_ID),
            text(VectorTable.MODEL_VERSION)
        };
        this.embeddedAt = (TimeStampMicroTZVector) root.getVector(VectorTable.EMBEDDED_AT);
        this.metadata = text(VectorTable.METADATA);
        this.vectors = (FixedSizeListVector) root.getVector(VectorTable.VECTOR);
        this.numbers = (Float4Vector) vectors.getDataVector();
        try {
            clear();
        } catch (RuntimeException | Error e) {
            root.close();
            throw e;
        }
    }

    private VarCharVector text(String name) {
        return (VarCharVector) root.getVector(name);
    }

    /** Makes it empty, and keeps its memory. */
    public void clear() {
        rows = 0;
        root.getFieldVectors().forEach(FieldVector::reset);
        vectors.setInitialCapacity(capacity);
        if (vectors.getValueCapacity() < capacity || numbers.getValueCapacity() < capacity * dimension) {
            vectors.allocateNew();
            while (numbers.getValueCapacity() < capacity * dimension) {
                numbers.reAlloc();
            }
        }
    }

    /** Whether no row more fits. */
    public boolean isFull() {
        return rows == capacity;
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
        setText(texts[0], row.getUTF8String(0));
        setVector(row.getArray(VECTOR_PLACE));
        for (var i = 1; i < texts.length; i++) {
            setText(texts[i], row.getUTF8String(i + 1));
        }
        var place = texts.length + 1;
        embeddedAt.setSafe(rows, row.getLong(place++));
        for (var column : carried) {
            if (!row.isNullAt(place)) {
                setCarried(column, row, place);
            }
            place++;
        }
        setText(metadata, row.getUTF8String(place));
        rows++;
    }

    private void setText(VarCharVector into, UTF8String text) {
        var bytes = text.getBytes();
        into.setSafe(rows, bytes, 0, bytes.length);
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

    private void setCarried(CarriedColumn column, InternalRow row, int place) {
        var values = root.getVector(place);
        switch (column.type()) {
            case UTF8 -> setText((VarCharVector) values, row.getUTF8String(place));
            case INT64 -> ((BigIntVector) values).setSafe(rows, row.getLong(place));
            case DOUBLE -> ((Float8Vector) values).setSafe(rows, row.getDouble(place));
            case BOOL -> ((BitVector) values).setSafe(rows, row.getBoolean(place) ? 1 : 0);
        }
    }

    /** The rows as Arrow, until the next {@link #clear}. */
    public VectorSchemaRoot root() {
        for (var row = 0; row < rows; row++) {
            vectors.setNotNull(row);
        }
        var validity = numbers.getValidityBuffer();
        validity.setOne(0L, (rows * (long) dimension + 7) / 8);
        root.setRowCount(rows);
        return root;
    }

    @Override
    public void close() {
        root.close();
    }
}
