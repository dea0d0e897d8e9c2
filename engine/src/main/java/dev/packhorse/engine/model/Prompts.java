package dev.packhorse.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.packhorse.engine.contract.ModelException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The prompts of a config_sentence_transformers.json, and which of them counts. Format: sentence-transformers 6,
 * base/model.py: what its {@code encode} puts in front of a text, not what {@code encode_query} does.
 *
 * @param file what messages call it
 * @param byName the texts
 * @param standard the name of the one that counts where nobody says another
 */
record Prompts(String file, Map<String, String> byName, Optional<String> standard) {

    static final String FILE = "config_sentence_transformers.json";

    /** @throws ModelException when the one that counts is not among them */
    static Prompts read(Contents contents, JsonNode config) {
        var byName = new TreeMap<String, String>();
        config.path("prompts").properties().forEach(prompt -> {
            if (prompt.getValue().isTextual()) {
                byName.put(prompt.getKey(), prompt.getValue().asText());
            }
        });
        var standard = Optional.of(config.path("default_prompt_name"))
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText);
        var prompts = new Prompts(contents.where(FILE), byName, standard);
        if (standard.isPresent() && !byName.containsKey(standard.get())) {
            throw new ModelException("%s: expected a default_prompt_name among the prompts %s, found '%s'"
                    .formatted(prompts.file(), byName.keySet(), standard.get()));
        }
        return prompts;
    }

    /**
     * What stands in front of every text.
     *
     * @throws ModelException when there is no prompt of the name that was asked for
     */
    String choose(ModelOptions options) {
        if (options.prompt().isPresent()) {
            return options.prompt().get();
        }
        var name = options.promptName().or(this::standard).orElse(ModelOptions.NO_PROMPT);
        if (name.equals(ModelOptions.NO_PROMPT)) {
            return "";
        }
        if (!byName.containsKey(name)) {
            throw new ModelException(
                    "--prompt-name: expected one of the model's prompts %s or '%s' for none, found '%s'"
                            .formatted(byName.keySet(), ModelOptions.NO_PROMPT, name));
        }
        return byName.get(name);
    }
}
