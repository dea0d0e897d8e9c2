package dev.packhorse.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.packhorse.engine.contract.ModelException;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * What the encoder's files say of the texts that go into it: sentence_bert_config.json, which only counts where there is a
 * modules.json, and tokenizer_config.json. Format: sentence-transformers 6, base/modules/transformer.py, whose rules for
 * the maximum length these are, and what its versions before 6 wrote.
 *
 * @param maxSeqLength the most tokens of a text; nothing where nobody says it
 * @param lowerCase whether texts are lower-cased
 * @param tokenizer settings that count in place of tokenizer.json's
 */
record EncoderConfig(OptionalInt maxSeqLength, boolean lowerCase, SortedMap<String, Boolean> tokenizer) {

    /** The first of them that says anything counts. */
    private static final List<String> NAMES = List.of(
            "sentence_bert_config.json",
            "sentence_roberta_config.json",
            "sentence_distilbert_config.json",
            "sentence_camembert_config.json",
            "sentence_albert_config.json",
            "sentence_xlm-roberta_config.json",
            "sentence_xlnet_config.json");

    /** Settings for tokenizers that change no token of one text, or that are read. */
    private static final Set<String> HARMLESS_FOR_TOKENS =
            Set.of("model_max_length", "padding_side", "use_fast", "trust_remote_code", "local_files_only", "revision");

    /**
     * @param folder of the encoder, relative to the model's
     * @param hasModules whether there is a modules.json
     * @param positions that the encoder has, where it says so
     * @throws ModelException when they ask for what cannot be done
     */
    static EncoderConfig read(Contents contents, String folder, boolean hasModules, OptionalInt positions) {
        var name = NAMES.stream()
                .map(n -> Names.below(folder, n))
                .filter(n -> hasModules && contents.has(n) && !contents.json(n).isEmpty())
                .findFirst()
                .orElse(Names.below(folder, NAMES.get(0)));
        var json = hasModules ? contents.optionalJson(name) : MissingNode.getInstance();
        var where = contents.where(name);
        refuse(where, json);
        return new EncoderConfig(
                maxSeqLength(contents, folder, where, json, positions),
                json.path("do_lower_case").asBoolean(),
                TokenizerJson.settings(contents.optionalJson(Names.below(folder, "tokenizer_config.json"))));
    }

    private static OptionalInt maxSeqLength(
            Contents contents, String folder, String where, JsonNode json, OptionalInt positions) {
        var tokenizerConfig = Names.below(folder, "tokenizer_config.json");
        var tokenizer = contents.optionalJson(tokenizerConfig);
        var side = tokenizer.path("truncation_side").asText("right");
        if (!side.equals("right")) {
            throw new ModelException("%s: expected truncation_side right, found %s; texts are cut at their end"
                    .formatted(contents.where(tokenizerConfig), side));
        }
        var arguments = json.has("processor_kwargs") ? json.get("processor_kwargs") : json.path("tokenizer_args");
        var given = arguments.has("model_max_length") ? arguments.get("model_max_length") : json.path("max_seq_length");
        if (given.isMissingNode() || given.isNull()) {
            return least(positions, tokenizer.path("model_max_length").asDouble(0));
        }
        if (!given.isIntegralNumber() || given.asLong() < 1) {
            throw new ModelException(
                    "%s: expected a positive integer max_seq_length, found %s".formatted(where, given));
        }
        // models of RoBERTa's kin are published with a length two above what their positions allow
        return OptionalInt.of((int) Math.min(given.asLong(), positions.orElse(Integer.MAX_VALUE)));
    }

    /** Tokenizers that know no maximum say 1e30. */
    private static OptionalInt least(OptionalInt positions, double tokenizers) {
        return tokenizers < 1 || tokenizers >= positions.orElse(1_000_000)
                ? positions
                : OptionalInt.of((int) tokenizers);
    }

    /** Newer versions can be told to do other things than to embed texts; older ones to load with other settings. */
    private static void refuse(String where, JsonNode json) {
        expect(where, json, "transformer_task", "feature-extraction");
        expect(where, json, "module_output_name", "token_embeddings");
        var text = json.path("modality_config").path("text");
        expect(where, text, "method", "forward");
        expect(where, text, "method_output_name", "last_hidden_state");
        for (var key : List.of(
                "processing_kwargs", "query_expansion", "config_kwargs", "config_args", "tokenizer_name_or_path")) {
            var value = json.path(key);
            if (!value.isNull() && !value.isMissingNode() && !(value.isObject() && value.isEmpty())) {
                throw new ModelException("%s: expected no %s, found %s".formatted(where, key, value));
            }
        }
        for (var key : List.of("processor_kwargs", "tokenizer_args")) {
            var unknown = new TreeSet<String>();
            json.path(key).fieldNames().forEachRemaining(unknown::add);
            unknown.removeAll(HARMLESS_FOR_TOKENS);
            if (!unknown.isEmpty()) {
                throw new ModelException("%s: expected in %s at most %s, found %s"
                        .formatted(where, key, new TreeSet<>(HARMLESS_FOR_TOKENS), unknown));
            }
        }
    }

    private static void expect(String where, JsonNode json, String key, String expected) {
        if (json.hasNonNull(key) && !json.get(key).asText().equals(expected)) {
            throw new ModelException("%s: expected %s %s, found %s"
                    .formatted(where, key, expected, json.get(key).toString()));
        }
    }
}
