package dev.packhorse.stores.files;

import static org.apache.parquet.schema.LogicalTypeAnnotation.listType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;

import dev.packhorse.stores.contract.VectorTable;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/**
 * Types and values that all profiles write alike: texts, and vectors as lists whose numbers may be null, as most programs write
 * lists, so that every reader has seen such.
 */
final class Cells {

    /** What the two levels inside a list are called. */
    static final String LIST = "list";

    static final String ELEMENT = "element";

    private Cells() {}

    static PrimitiveType text(Type.Repetition repetition, String name) {
        return Types.primitive(PrimitiveTypeName.BINARY, repetition)
                .as(stringType())
                .named(name);
    }

    static GroupType vector(Type.Repetition repetition, String name) {
        return Types.buildGroup(repetition)
                .as(listType())
                .addField(Types.repeatedGroup()
                        .addField(Types.optional(PrimitiveTypeName.FLOAT).named(ELEMENT))
                        .named(LIST))
                .named(name);
    }

    /** The numbers of all vectors. */
    static ArrowBuf numbers(VectorSchemaRoot batch) {
        var vectors = (FixedSizeListVector) batch.getVector(VectorTable.VECTOR);
        return ((Float4Vector) vectors.getDataVector()).getDataBuffer();
    }

    /**
     * Writes a vector.
     *
     * @param numbers [rows, d] row-major
     */
    static void writeVector(ArrowBuf numbers, int row, int dimension, RecordConsumer out) {
        var from = (long) row * dimension * Float.BYTES;
        out.startGroup();
        out.startField(LIST, 0);
        for (var i = 0; i < dimension; i++) {
            out.startGroup();
            out.startField(ELEMENT, 0);
            out.addFloat(numbers.getFloat(from + (long) i * Float.BYTES));
            out.endField(ELEMENT, 0);
            out.endGroup();
        }
        out.endField(LIST, 0);
        out.endGroup();
    }
}
