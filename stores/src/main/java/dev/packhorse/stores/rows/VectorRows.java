package dev.packhorse.stores.rows;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.packhorse.stores.contract.VectorTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;

/** Reads a batch of {@link VectorTable#schema} by rows, for stores that do not speak Arrow. Not thread-safe; owns nothing. */
public final class VectorRows {

    private final VectorTable table;
    private final VectorSchemaRoot batch;
    private final VarCharVector id;
    private final VarCharVector contentHash;
    private final VarCharVector modelId;
    private final VarCharVector modelVersion;
    private final VarCharVector metadata;
    private final TimeStampMicroTZVector embeddedAt;
    private final ArrowBuf floats; // [rows, d] row-major, little-endian

    /** @param batch stays the caller's */
    public VectorRows(VectorTable table, VectorSchemaRoot batch) {
        this.table = table;
        this.batch = batch;
        this.id = (VarCharVector) batch.getVector(VectorTable.ID);
        this.contentHash = (VarCharVector) batch.getVector(VectorTable.CONTENT_HASH);
        this.modelId = (VarCharVector) batch.getVector(VectorTable.MODEL_ID);
        this.modelVersion = (VarCharVector) batch.getVector(VectorTable.MODEL_VERSION);
        this.metadata = (VarCharVector) batch.getVector(VectorTable.METADATA);
        this.embeddedAt = (TimeStampMicroTZVector) batch.getVector(VectorTable.EMBEDDED_AT);
        var vector = (FixedSizeListVector) batch.getVector(VectorTable.VECTOR);
        this.floats = ((Float4Vector) vector.getDataVector()).getDataBuffer();
    }

    /** How many. */
    public int count() {
        return batch.getRowCount();
    }

    /** The id of a row. */
    public String id(int row) {
        return text(id, row);
    }

    /** All ids, in order. */
    public List<String> ids() {
        var ids = new ArrayList<String>(count());
        for (var row = 0; row < count(); row++) {
            ids.add(id(row));
        }
        return ids;
    }

    /** The content hash of a row. */
    public String contentHash(int row) {
        return text(contentHash, row);
    }

    /** The name of the model that made a row. */
    public String modelId(int row) {
        return text(modelId, row);
    }

    /** The version of the model that made a row. */
    public String modelVersion(int row) {
        return text(modelVersion, row);
    }

    /** A row's metadata: a JSON object. */
    public String metadata(int row) {
        return text(metadata, row);
    }

    /** When a row's vector was made, in microseconds since 1970, UTC. */
    public long embeddedAt(int row) {
        return embeddedAt.get(row);
    }

    /** One number of a row's vector. */
    public float number(int row, int place) {
        return floats.getFloat(((long) row * table.dimension() + place) * Float.BYTES);
    }

    /**
     * A row's vector.
     *
     * @return [d], new
     */
    public float[] vector(int row) {
        var numbers = new float[table.dimension()];
        for (var i = 0; i < numbers.length; i++) {
            numbers[i] = number(row, i);
        }
        return numbers;
    }

    /**
     * A value of a column carried along, by the place of the column among those.
     *
     * @return String, Long, Double or Boolean, as the column's type says; empty for null
     */
    public Optional<Object> carried(int row, int column) {
        var values = batch.getVector(table.carried().get(column).name());
        if (values.isNull(row)) {
            return Optional.empty();
        }
        return Optional.of(
                switch (table.carried().get(column).type()) {
                    case UTF8 -> text((VarCharVector) values, row);
                    case INT64 -> ((BigIntVector) values).get(row);
                    case DOUBLE -> ((Float8Vector) values).get(row);
                    case BOOL -> ((BitVector) values).get(row) == 1;
                });
    }

    private static String text(VarCharVector texts, int row) {
        return new String(texts.get(row), UTF_8);
    }
}
