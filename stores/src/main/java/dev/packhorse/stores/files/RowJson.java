package dev.packhorse.stores.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.rows.VectorRows;

/** What formats made of JSON have in common. */
final class RowJson {

    /** Writes numbers as the shortest text that reads as the same number, which is quick too. */
    static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .build();

    private static final int MOST_SHOWN = 60;

    private RowJson() {}

    /**
     * A row's metadata.
     *
     * @throws RowRefused when it is no object of JSON
     */
    static ObjectNode metadata(VectorRows rows, int row) throws RowRefused {
        var text = rows.metadata(row);
        try {
            if (MAPPER.readTree(text) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            // said below
        }
        throw new RowRefused("expected an object of JSON in column metadata, found '%s'"
                .formatted(text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "..." : text));
    }

    /** Adds what says where a row's vector comes from. */
    static void addOrigin(ObjectNode to, VectorRows rows, int row) {
        to.put(VectorTable.CONTENT_HASH, rows.contentHash(row));
        to.put(VectorTable.MODEL_ID, rows.modelId(row));
        to.put(VectorTable.MODEL_VERSION, rows.modelVersion(row));
        to.put(VectorTable.EMBEDDED_AT, rows.embeddedAt(row));
    }

    /** Adds a value of a column carried along; of null, nothing. */
    static void addCarried(ObjectNode to, VectorTable table, VectorRows rows, int row, int place) {
        var column = table.carried().get(place);
        rows.carried(row, place).ifPresent(value -> {
            switch (column.type()) {
                case UTF8 -> to.put(column.name(), (String) value);
                case INT64 -> to.put(column.name(), (Long) value);
                case DOUBLE -> to.put(column.name(), (Double) value);
                case BOOL -> to.put(column.name(), (Boolean) value);
            }
        });
    }
}
