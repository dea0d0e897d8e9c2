package dev.packhorse.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.packhorse.engine.contract.ModelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The config.json of a Pooling module. Format: sentence-transformers 6, modules/pooling.py: a key {@code pooling_mode}
 * with one name or several, or, as versions before 6 wrote, a flag for each pooling.
 */
final class PoolingConfig {

    private PoolingConfig() {}

    /** @throws ModelException when it asks for what there is not, or is of an encoder of another width */
    static Head read(Contents contents, String file, int hidden, List<Step> steps) {
        var config = contents.json(file);
        var where = contents.where(file);
        for (var key : List.of("embedding_dimension", "word_embedding_dimension")) {
            var found = config.path(key);
            if (!found.isMissingNode() && found.asInt() != hidden) {
                throw new ModelException(
                        "%s: expected %s %d as in config.json, found %s".formatted(where, key, hidden, found));
            }
        }
        var poolings =
                config.hasNonNull("pooling_mode") ? named(where, config.get("pooling_mode")) : flagged(where, config);
        return new Head(poolings, config.path("include_prompt").asBoolean(true), steps);
    }

    private static List<Pooling> named(String where, JsonNode mode) {
        var poolings = new ArrayList<Pooling>();
        for (var name : mode.isArray() ? mode : List.of(mode)) {
            poolings.add(Pooling.named(name.asText())
                    .orElseThrow(() -> new ModelException(
                            "%s: expected pooling_mode of %s, found %s".formatted(where, Pooling.ids(), name))));
        }
        if (poolings.isEmpty()) {
            throw new ModelException("%s: expected at least one pooling_mode, found []".formatted(where));
        }
        return poolings;
    }

    /** Where no flag is true it is the mean. */
    private static List<Pooling> flagged(String where, JsonNode config) {
        config.properties().forEach(field -> {
            if (field.getKey().startsWith("pooling_mode_")
                    && field.getValue().asBoolean()
                    && Arrays.stream(Pooling.values()).noneMatch(p -> p.flag().equals(field.getKey()))) {
                throw new ModelException(
                        "%s: expected poolings of %s, found %s".formatted(where, Pooling.ids(), field.getKey()));
            }
        });
        var poolings = Arrays.stream(Pooling.values())
                .filter(pooling -> config.path(pooling.flag()).asBoolean())
                .toList();
        return poolings.isEmpty() ? List.of(Pooling.MEAN) : poolings;
    }
}
