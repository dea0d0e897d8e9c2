package dev.packhorse.stores.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.rows.VectorRows;

/**
 * What Pinecone keeps beside a vector (https://docs.pinecone.io/guides/index-data/indexing-overview#metadata): one flat object of texts,
 * numbers, true and false, and lists of texts, without nulls, no name beginning with $. What else a row's metadata holds goes as
 * a text of JSON. A column carried along comes before a name of the metadata that is the same.
 */
final class PineconeMetadata {

    private PineconeMetadata() {}

    /**
     * Of a row.
     *
     * @return UTF-8
     * @throws RowRefused when it cannot be said in such an object
     */
    static byte[] of(VectorTable table, VectorRows rows, int row) throws RowRefused {
        var flat = RowJson.MAPPER.createObjectNode();
        for (var entry : RowJson.metadata(rows, row).properties()) {
            add(flat, entry.getKey(), entry.getValue());
        }
        RowJson.addOrigin(flat, rows, row);
        for (var i = 0; i < table.carried().size(); i++) {
            RowJson.addCarried(flat, table, rows, row, i);
        }
        try {
            return RowJson.MAPPER.writeValueAsBytes(flat);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e); // a tree can be written
        }
    }

    private static void add(ObjectNode flat, String name, JsonNode value) throws RowRefused {
        if (name.startsWith("$")) {
            throw new RowRefused(
                    "expected names that Pinecone takes in metadata, found '%s', which begins with $".formatted(name));
        }
        if (value.isNull()) {
            return;
        }
        if (value.isTextual() || value.isNumber() || value.isBoolean() || isListOfTexts(value)) {
            flat.set(name, value);
        } else {
            flat.put(name, value.toString());
        }
    }

    private static boolean isListOfTexts(JsonNode value) {
        if (!value.isArray()) {
            return false;
        }
        for (var element : value) {
            if (!element.isTextual()) {
                return false;
            }
        }
        return true;
    }
}
