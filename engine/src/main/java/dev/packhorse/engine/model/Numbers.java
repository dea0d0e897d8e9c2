package dev.packhorse.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.packhorse.engine.contract.ModelException;

/** Numbers of configurations. */
final class Numbers {

    private Numbers() {}

    /** @throws ModelException when there is no such positive integer */
    static int positive(String where, JsonNode json, String key) {
        var value = json.path(key);
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < 1) {
            throw new ModelException("%s: expected a positive integer %s, found %s"
                    .formatted(where, key, value.isMissingNode() ? "nothing" : value));
        }
        return value.asInt();
    }
}
