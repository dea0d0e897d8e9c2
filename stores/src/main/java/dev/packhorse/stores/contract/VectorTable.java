package dev.packhorse.stores.contract;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * What is exported, the same for every store: an {@code id} (utf8), a {@code vector} (FixedSizeList of float32, its child
 * {@code item} nullable, for some readers know no other), {@code content_hash}, {@code model_id} and {@code model_version}
 * (utf8), {@code embedded_at} (microseconds, UTC), the columns carried along, and {@code metadata} (JSON as utf8). Immutable.
 *
 * @param model its name
 * @param revision its revision; empty where it is not known
 * @param dimension d, of all vectors
 * @param metric by which they are near
 * @param normalized whether all have length 1
 * @param carried columns carried along, in order
 */
public record VectorTable(
        String model, String revision, int dimension, Metric metric, boolean normalized, List<CarriedColumn> carried)
        implements Serializable {

    /** Of the schema: what another number says of it cannot be read as if it were this one. */
    public static final String SCHEMA_VERSION = "1";

    public static final String ID = "id";
    public static final String VECTOR = "vector";
    public static final String CONTENT_HASH = "content_hash";
    public static final String MODEL_ID = "model_id";
    public static final String MODEL_VERSION = "model_version";
    public static final String EMBEDDED_AT = "embedded_at";
    public static final String METADATA = "metadata";

    /** Names that a column carried along must not have. */
    public static final List<String> RESERVED =
            List.of(ID, VECTOR, CONTENT_HASH, MODEL_ID, MODEL_VERSION, EMBEDDED_AT, METADATA);

    /** Copies the list. */
    public VectorTable {
        carried = List.copyOf(carried);
    }

    /** The schema of every batch, its metadata {@code embedding.*} included. */
    public Schema schema() {
        var fields = new ArrayList<Field>();
        fields.add(required(ID, ArrowType.Utf8.INSTANCE));
        fields.add(new Field(
                VECTOR,
                FieldType.notNullable(new ArrowType.FixedSizeList(dimension)),
                List.of(Field.nullable("item", new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE)))));
        fields.add(required(CONTENT_HASH, ArrowType.Utf8.INSTANCE));
        fields.add(required(MODEL_ID, ArrowType.Utf8.INSTANCE));
        fields.add(required(MODEL_VERSION, ArrowType.Utf8.INSTANCE));
        fields.add(required(EMBEDDED_AT, new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC")));
        carried.forEach(column -> fields.add(Field.nullable(column.name(), type(column.type()))));
        fields.add(required(METADATA, ArrowType.Utf8.INSTANCE));
        return new Schema(fields, metadata());
    }

    private Map<String, String> metadata() {
        var metadata = new LinkedHashMap<String, String>();
        metadata.put("embedding.model", model);
        metadata.put("embedding.revision", revision);
        metadata.put("embedding.dim", String.valueOf(dimension));
        metadata.put("embedding.metric", metric.id());
        metadata.put("embedding.normalized", String.valueOf(normalized));
        metadata.put("embedding.dtype", "float32");
        metadata.put("embedding.schema_version", SCHEMA_VERSION);
        return metadata;
    }

    private static Field required(String name, ArrowType type) {
        return new Field(name, FieldType.notNullable(type), List.of());
    }

    private static ArrowType type(CarriedColumn.Type type) {
        return switch (type) {
            case UTF8 -> ArrowType.Utf8.INSTANCE;
            case INT64 -> new ArrowType.Int(64, true);
            case DOUBLE -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
            case BOOL -> ArrowType.Bool.INSTANCE;
        };
    }
}
