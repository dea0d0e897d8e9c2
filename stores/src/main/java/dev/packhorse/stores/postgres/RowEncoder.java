package dev.packhorse.stores.postgres;

import dev.packhorse.stores.contract.CarriedColumn;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.rows.VectorRows;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;

/**
 * From Arrow's buffers to rows of COPY: a number {@code place} and the columns of {@link Column#of}. Rows that the server would
 * refuse are left out and told of. Not thread-safe.
 */
final class RowEncoder {

    /** PostgreSQL counts time from the beginning of 2000, Arrow from that of 1970. */
    private static final long EPOCH = 946_684_800_000_000L; // microseconds

    private static final int JSONB_VERSION = 1;

    private final VectorTable table;
    private final VectorField vectorField;
    private final CopyWriter into = new CopyWriter();

    RowEncoder(VectorTable table, VectorType vectorType) {
        this.table = table;
        this.vectorField = new VectorField(vectorType, table.dimension());
    }

    /**
     * Encodes a batch.
     *
     * @param firstPlace of its first row
     * @param refused takes the id and the reason of each row that is left out
     * @return how many rows were not
     */
    int encode(VectorSchemaRoot batch, long firstPlace, CopyWriter.Sink sink, BiConsumer<String, String> refused)
            throws SQLException {
        var columns = new Columns(table, batch);
        var fields = (short) (batch.getFieldVectors().size() + 1);
        var encoded = 0;
        into.begin();
        for (var row = 0; row < batch.getRowCount(); row++) {
            var start = into.position();
            into.row(fields);
            into.field(firstPlace + row);
            var why = encode(columns, row);
            if (why.isPresent()) {
                into.cutTo(start);
                refused.accept(columns.rows.id(row), why.get());
            } else {
                encoded++;
                into.spill(sink);
            }
        }
        into.end(sink);
        return encoded;
    }

    /** Encodes ids to delete; those that can be in no table are left out. */
    int encodeDeleted(List<byte[]> ids, long firstPlace, CopyWriter.Sink sink) throws SQLException {
        var encoded = 0;
        into.begin();
        for (var id : ids) {
            if (Texts.whyNoText(VectorTable.ID, id, 0, id.length).isEmpty()) {
                into.row(2);
                into.field(firstPlace + encoded);
                into.field(id);
                into.spill(sink);
                encoded++;
            }
        }
        into.end(sink);
        return encoded;
    }

    private Optional<String> encode(Columns columns, int row) {
        var why = Texts.whyNoId(columns.id.getValueLength(row))
                .or(() -> text(columns.id, row))
                .or(() -> vectorField.write(into, columns.floats.getDataBuffer(), row))
                .or(() -> text(columns.contentHash, row))
                .or(() -> text(columns.modelId, row))
                .or(() -> text(columns.modelVersion, row));
        if (why.isPresent()) {
            return why;
        }
        into.field(columns.embeddedAt.get(row) - EPOCH);
        for (var i = 0; i < columns.carried.size(); i++) {
            var whyNot = carried(table.carried().get(i), columns.carried.get(i), row);
            if (whyNot.isPresent()) {
                return whyNot;
            }
        }
        return json(columns.metadata, row);
    }

    private Optional<String> carried(CarriedColumn column, FieldVector values, int row) {
        if (values.isNull(row)) {
            into.nothing();
            return Optional.empty();
        }
        return switch (column.type()) {
            case UTF8 -> text((VarCharVector) values, row);
            case INT64 -> number(((BigIntVector) values).get(row));
            case DOUBLE -> number(Double.doubleToRawLongBits(((Float8Vector) values).get(row)));
            case BOOL -> {
                into.field(((BitVector) values).get(row) != 0);
                yield Optional.empty();
            }
        };
    }

    private Optional<String> number(long bits) {
        into.field(bits);
        return Optional.empty();
    }

    private Optional<String> text(VarCharVector texts, int row) {
        var length = texts.getValueLength(row);
        into.field(texts.getDataBuffer(), texts.getStartOffset(row), length);
        return Texts.whyNoText(texts.getName(), into.bytes(), into.position() - length, length);
    }

    /** As jsonb is sent: a version and the text. */
    private Optional<String> json(VarCharVector texts, int row) {
        var length = texts.getValueLength(row);
        into.putInt(1 + length);
        into.putByte(JSONB_VERSION);
        into.raw(texts.getDataBuffer(), texts.getStartOffset(row), length);
        var from = into.position() - length;
        return Texts.whyNoText(texts.getName(), into.bytes(), from, length)
                .or(() -> Texts.whyNoJson(texts.getName(), into.bytes(), from, length));
    }

    /** The vectors of a batch, found once. */
    private static final class Columns {

        final VectorRows rows;
        final VarCharVector id;
        final Float4Vector floats; // [rows, d] row-major
        final VarCharVector contentHash;
        final VarCharVector modelId;
        final VarCharVector modelVersion;
        final TimeStampMicroTZVector embeddedAt;
        final List<FieldVector> carried;
        final VarCharVector metadata;

        Columns(VectorTable table, VectorSchemaRoot batch) {
            rows = new VectorRows(table, batch);
            id = (VarCharVector) batch.getVector(VectorTable.ID);
            floats = (Float4Vector) ((FixedSizeListVector) batch.getVector(VectorTable.VECTOR)).getDataVector();
            contentHash = (VarCharVector) batch.getVector(VectorTable.CONTENT_HASH);
            modelId = (VarCharVector) batch.getVector(VectorTable.MODEL_ID);
            modelVersion = (VarCharVector) batch.getVector(VectorTable.MODEL_VERSION);
            embeddedAt = (TimeStampMicroTZVector) batch.getVector(VectorTable.EMBEDDED_AT);
            carried = new ArrayList<>();
            table.carried().forEach(column -> carried.add(batch.getVector(column.name())));
            metadata = (VarCharVector) batch.getVector(VectorTable.METADATA);
        }
    }
}
