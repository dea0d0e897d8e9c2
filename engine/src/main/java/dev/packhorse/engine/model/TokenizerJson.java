package dev.packhorse.engine.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.packhorse.engine.contract.ModelException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a model makes of its tokenizer.json before the tokenizers library reads it. Format: huggingface/tokenizers.
 * Thread-safe.
 */
public final class TokenizerJson {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Map<String, String> OF_BERT = Map.of(
            "do_lower_case", "lowercase",
            "strip_accents", "strip_accents",
            "tokenize_chinese_chars", "handle_chinese_chars");

    private static final Map<String, String> OF_ROBERTA = Map.of("add_prefix_space", "add_prefix_space");

    private TokenizerJson() {}

    /**
     * The text of a model's tokenizer.json, which lower-cases where the model wants that: as sentence-transformers does
     * it, by a normalizer in front of all others.
     *
     * @throws ModelException when it cannot be read or is not what it was
     */
    public static String text(Model model) {
        var text = model.tokenizer().text();
        if (!model.texts().lowerCase() && model.texts().tokenizer().isEmpty()) {
            return text;
        }
        var root = parse(model, text);
        set(root.path("normalizer"), "BertNormalizer", model.texts().tokenizer());
        set(root.path("pre_tokenizer"), "ByteLevel", model.texts().tokenizer());
        if (!model.texts().lowerCase()) {
            return root.toString();
        }
        if (root instanceof ObjectNode tokenizer && !lowerCases(root.path("normalizer"))) {
            var all = JSON.createArrayNode().add(lowerCase());
            var own = root.path("normalizer");
            if (own.path("type").asText().equals("Sequence")) {
                own.path("normalizers").forEach(all::add);
            } else if (own.isObject()) {
                all.add(own);
            }
            tokenizer.putObject("normalizer").put("type", "Sequence").set("normalizers", all);
        }
        return root.toString();
    }

    /**
     * What a tokenizer_config.json says in place of tokenizer.json: transformers' classes for BERT's and RoBERTa's
     * tokenizers put their own arguments into the normalizer and the pre-tokenizer (models/bert/tokenization_bert.py,
     * models/roberta/tokenization_roberta.py).
     *
     * @return by the names of tokenizer.json
     */
    static SortedMap<String, Boolean> settings(JsonNode config) {
        var type = config.path("tokenizer_class").asText();
        var names =
                switch (type.replaceFirst("Fast$", "")) {
                    case "BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer", "MPNetTokenizer" -> OF_BERT;
                    case "RobertaTokenizer" -> OF_ROBERTA;
                    default -> Map.<String, String>of();
                };
        var settings = new TreeMap<String, Boolean>();
        names.forEach((argument, setting) -> {
            if (config.path(argument).isBoolean()) {
                settings.put(setting, config.path(argument).asBoolean());
            }
        });
        return settings;
    }

    private static void set(JsonNode part, String type, SortedMap<String, Boolean> settings) {
        if (part instanceof ObjectNode object && part.path("type").asText().equals(type)) {
            settings.forEach((name, value) -> {
                if (object.has(name)) {
                    object.put(name, value);
                }
            });
        }
    }

    /**
     * The ids of the tokens that stand for no text, such as {@code [SEP]}.
     *
     * @throws ModelException as {@link #text} does
     */
    public static Set<Integer> specialIds(Model model) {
        var ids = new HashSet<Integer>();
        for (var token : parse(model, model.tokenizer().text()).path("added_tokens")) {
            if (token.path("special").asBoolean()) {
                ids.add(token.path("id").asInt());
            }
        }
        return ids;
    }

    private static JsonNode parse(Model model, String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new ModelException(
                    "%s: expected a tokenizer.json, found no JSON: %s"
                            .formatted(model.tokenizer().location(), e.getOriginalMessage()),
                    e);
        }
    }

    private static ObjectNode lowerCase() {
        return JSON.createObjectNode().put("type", "Lowercase");
    }

    private static boolean lowerCases(JsonNode normalizer) {
        if (normalizer.path("type").asText().equals("Sequence")) {
            for (var one : normalizer.path("normalizers")) {
                if (one.equals(lowerCase())) {
                    return true;
                }
            }
        }
        return normalizer.equals(lowerCase());
    }
}
