package dev.packhorse.stores.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.packhorse.stores.contract.CarriedColumn;
import dev.packhorse.stores.contract.IndexKind;
import dev.packhorse.stores.contract.Metric;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.VectorTable;
import java.util.Locale;

/**
 * The fields of an index. {@code embedded_at} is a {@code date_nanos} given as text with microseconds; {@code metadata} is kept as
 * the text that it is, so that it is read back as it was, and is not searched.
 *
 * @see <a href="https://docs.opensearch.org/2.19/field-types/supported-field-types/knn-vector/">knn_vector</a>
 */
final class OpenSearchMapping {

    /** Lucene takes terms of 32,766 bytes, and a character has up to four: longer texts are kept, not found. */
    private static final int LONGEST_TERM = 8191;

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final VectorTable table;
    private final OpenSearchSettings settings;

    OpenSearchMapping(VectorTable table, OpenSearchSettings settings) {
        this.table = table;
        this.settings = settings;
    }

    /** What an index is made with. */
    ObjectNode creation() {
        var index = JSON.objectNode();
        var of = index.putObject("settings").putObject("index");
        of.put("knn", settings.index() != IndexKind.NONE);
        of.put("number_of_shards", settings.shards());
        of.put("number_of_replicas", settings.replicas());
        var mappings = index.putObject("mappings");
        mappings.put("dynamic", false);
        mappings.set("properties", properties());
        return index;
    }

    private ObjectNode properties() {
        var fields = JSON.objectNode();
        keyword(fields, VectorTable.ID);
        fields.set(VectorTable.VECTOR, vector());
        keyword(fields, VectorTable.CONTENT_HASH);
        keyword(fields, VectorTable.MODEL_ID);
        keyword(fields, VectorTable.MODEL_VERSION);
        fields.putObject(VectorTable.EMBEDDED_AT).put("type", "date_nanos");
        fields.putObject(VectorTable.METADATA)
                .put("type", "keyword")
                .put("index", false)
                .put("doc_values", false);
        for (var column : table.carried()) {
            if (column.type() == CarriedColumn.Type.UTF8) {
                keyword(fields, column.name());
            } else {
                fields.putObject(column.name()).put("type", type(column.type()));
            }
        }
        return fields;
    }

    private static void keyword(ObjectNode fields, String name) {
        fields.putObject(name).put("type", "keyword").put("ignore_above", LONGEST_TERM);
    }

    private static String type(CarriedColumn.Type type) {
        return switch (type) {
            case UTF8 -> "keyword";
            case INT64 -> "long";
            case DOUBLE -> "double";
            case BOOL -> "boolean";
        };
    }

    private ObjectNode vector() {
        var vector = JSON.objectNode().put("type", "knn_vector").put("dimension", table.dimension());
        if (settings.index() != IndexKind.NONE) {
            var method = vector.putObject("method");
            method.put("name", "hnsw").put("engine", "lucene").put("space_type", space(table.metric()));
            method.putObject("parameters").put("m", settings.m()).put("ef_construction", settings.efConstruction());
        }
        return vector;
    }

    /** The name of a metric. */
    static String space(Metric metric) {
        return switch (metric) {
            case COSINE -> "cosinesimil";
            case DOT -> "innerproduct";
            case L2 -> "l2";
        };
    }

    /**
     * Holds an index to the table.
     *
     * @param where it is, for messages
     * @param index what the server says of it
     * @return fields that it lacks
     * @throws StoreException when it has something else under a name
     */
    ObjectNode missing(String where, JsonNode index) {
        var found = index.path("mappings").path("properties");
        checkVector(where, index, found.path(VectorTable.VECTOR));
        var missing = JSON.objectNode();
        properties().properties().forEach(field -> {
            var there = found.path(field.getKey());
            if (there.isMissingNode()) {
                missing.set(field.getKey(), field.getValue());
                return;
            }
            var expected = field.getValue().path("type").asText();
            var type = there.path("type").asText("object");
            if (!type.equals(expected)) {
                throw new StoreException(
                        "%s: expected field %s of type %s, found %s; export to another index, or carry the column under another name"
                                .formatted(where, field.getKey(), expected, type));
            }
        });
        return missing;
    }

    private void checkVector(String where, JsonNode index, JsonNode vector) {
        if (!vector.path("type").asText().equals("knn_vector")) {
            throw new StoreException("%s: expected a field %s of type knn_vector, found %s; export to another index"
                    .formatted(
                            where,
                            VectorTable.VECTOR,
                            vector.isMissingNode()
                                    ? "none"
                                    : vector.path("type").asText("another")));
        }
        var dimension = vector.path("dimension").asInt(-1);
        if (dimension != table.dimension()) {
            throw new StoreException(
                    "%s: expected vectors of %d numbers, found %d; export to another index, or with the model that this one is of"
                            .formatted(where, table.dimension(), dimension));
        }
        if (settings.index() == IndexKind.NONE) {
            return;
        }
        if (!index.path("settings").path("index").path("knn").asText("false").equals("true")) {
            throw new StoreException(
                    "%s: expected an index with index.knn true, found false; ask for --index none".formatted(where));
        }
        var space = vector.path("method")
                .path("space_type")
                .asText(vector.path("space_type").asText(""));
        if (!space.isEmpty() && !space.toLowerCase(Locale.ROOT).equals(space(table.metric()))) {
            throw new StoreException("%s: expected neighbours by %s, found %s; give the --metric that the index has"
                    .formatted(where, space(table.metric()), space));
        }
    }
}
