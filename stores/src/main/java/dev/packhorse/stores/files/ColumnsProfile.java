package dev.packhorse.stores.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.packhorse.stores.contract.CarriedColumn;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.VectorTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;

/** The columns of {@link VectorTable#schema} as they are, but for vectors, which are lists: no Parquet type has a fixed size. */
enum ColumnsProfile implements ParquetProfile {
    /** For whoever reads Parquet. */
    GENERIC,
    /**
     * For Milvus's import of Parquet (https://milvus.io/docs/prepare-source-data.md): each column is a field of the collection,
     * all may be null, and there is no type for times. What it holds at most is in
     * https://milvus.io/docs/limitations.md and in its source, {@code internal/util/importutilv2/parquet}.
     */
    MILVUS;

    private static final int MILVUS_DIMENSION = 32_768;
    private static final int MILVUS_TEXT_BYTES = 65_535;
    private static final Pattern MILVUS_FIELD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,254}");

    @Override
    public String idColumn() {
        return VectorTable.ID;
    }

    @Override
    public String vectorColumn() {
        return VectorTable.VECTOR;
    }

    @Override
    public int mostFiles() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void check(VectorTable table) {
        switch (this) {
            case GENERIC -> {}
            case MILVUS -> checkForMilvus(table);
        }
    }

    private static void checkForMilvus(VectorTable table) {
        if (table.dimension() > MILVUS_DIMENSION) {
            throw new StoreException("expected vectors of at most %d numbers for Milvus, found %d"
                    .formatted(MILVUS_DIMENSION, table.dimension()));
        }
        for (var column : table.carried()) {
            if (!MILVUS_FIELD.matcher(column.name()).matches()) {
                throw new StoreException(
                        ("expected columns whose names Milvus takes for fields (letters, digits and _, no digit first, at most"
                                        + " 255), found '%s'; give the column another name")
                                .formatted(column.name()));
            }
        }
    }

    @Override
    public MessageType schema(VectorTable table) {
        var own =
                switch (this) {
                    case GENERIC -> Repetition.REQUIRED;
                    case MILVUS -> Repetition.OPTIONAL;
                };
        var fields = new ArrayList<Type>();
        fields.add(Cells.text(own, VectorTable.ID));
        fields.add(Cells.vector(own, VectorTable.VECTOR));
        for (var name : List.of(VectorTable.CONTENT_HASH, VectorTable.MODEL_ID, VectorTable.MODEL_VERSION)) {
            fields.add(Cells.text(own, name));
        }
        var time = Types.primitive(PrimitiveTypeName.INT64, own);
        fields.add(
                switch (this) {
                    case GENERIC ->
                        time.as(LogicalTypeAnnotation.timestampType(true, TimeUnit.MICROS))
                                .named(VectorTable.EMBEDDED_AT);
                    case MILVUS -> time.named(VectorTable.EMBEDDED_AT);
                });
        table.carried().forEach(column -> fields.add(carried(column)));
        fields.add(Cells.text(own, VectorTable.METADATA));
        return new MessageType("embeddings", fields);
    }

    private static Type carried(CarriedColumn column) {
        return switch (column.type()) {
            case UTF8 -> Cells.text(Repetition.OPTIONAL, column.name());
            case INT64 -> Types.optional(PrimitiveTypeName.INT64).named(column.name());
            case DOUBLE -> Types.optional(PrimitiveTypeName.DOUBLE).named(column.name());
            case BOOL -> Types.optional(PrimitiveTypeName.BOOLEAN).named(column.name());
        };
    }

    @Override
    public Records records(VectorTable table, VectorSchemaRoot batch) {
        return new Columns(table.dimension(), mostTextBytes(), batch);
    }

    private int mostTextBytes() {
        return switch (this) {
            case GENERIC -> Integer.MAX_VALUE;
            case MILVUS -> MILVUS_TEXT_BYTES;
        };
    }

    /** Rows, column by column. */
    private static final class Columns implements Records {

        private final int dimension;
        private final int mostTextBytes;
        private final List<FieldVector> columns;
        private final ArrowBuf numbers; // [rows, d] row-major

        Columns(int dimension, int mostTextBytes, VectorSchemaRoot batch) {
            this.dimension = dimension;
            this.mostTextBytes = mostTextBytes;
            this.columns = batch.getFieldVectors();
            this.numbers = Cells.numbers(batch);
        }

        @Override
        public String id(int row) {
            return new String(((VarCharVector) columns.get(0)).get(row), UTF_8);
        }

        @Override
        public Optional<String> refusal(int row) {
            if (mostTextBytes == Integer.MAX_VALUE) {
                return Optional.empty();
            }
            for (var column : columns) {
                if (column instanceof VarCharVector texts
                        && !texts.isNull(row)
                        && texts.getValueLength(row) > mostTextBytes) {
                    return Optional.of("expected at most %d bytes in column %s, found %d"
                            .formatted(mostTextBytes, texts.getName(), texts.getValueLength(row)));
                }
            }
            return Optional.empty();
        }

        @Override
        public void write(int row, RecordConsumer out) {
            for (var i = 0; i < columns.size(); i++) {
                var column = columns.get(i);
                if (column.isNull(row)) {
                    continue;
                }
                out.startField(column.getName(), i);
                if (column instanceof VarCharVector texts) {
                    out.addBinary(Binary.fromConstantByteArray(texts.get(row)));
                } else if (column instanceof BigIntVector numbersOfColumn) {
                    out.addLong(numbersOfColumn.get(row));
                } else if (column instanceof TimeStampMicroTZVector times) {
                    out.addLong(times.get(row));
                } else if (column instanceof Float8Vector doubles) {
                    out.addDouble(doubles.get(row));
                } else if (column instanceof BitVector bits) {
                    out.addBoolean(bits.get(row) == 1);
                } else {
                    Cells.writeVector(numbers, row, dimension, out);
                }
                out.endField(column.getName(), i);
            }
        }
    }
}
