package dev.packhorse.stores.files;

import com.fasterxml.jackson.databind.JsonNode;
import dev.packhorse.stores.contract.CarriedColumn;
import java.util.Optional;

/** Values of JSON as a test's rows have them. */
final class JsonRows {

    private JsonRows() {}

    static Optional<Object> value(CarriedColumn column, Optional<JsonNode> node) {
        return node.map(value -> switch (column.type()) {
            case UTF8 -> value.textValue();
            case INT64 -> value.longValue();
            case DOUBLE -> value.doubleValue();
            case BOOL -> value.isTextual() ? Boolean.valueOf(value.textValue()) : value.booleanValue();
        });
    }
}
