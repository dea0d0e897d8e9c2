package dev.packhorse.engine.synthetic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The configuration of a model as transformers and sentence-transformers write it: the mean of all tokens, normalised. */
final class Configurations {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Configurations() {}

    /** Writes config.json, modules.json and what that names, and sentence_bert_config.json. */
    static void write(Sizes sizes, Path folder) throws IOException {
        write(folder.resolve("config.json"), config(sizes));
        var modules = JSON.createArrayNode();
        modules.add(module(0, "", "Transformer"));
        modules.add(module(1, "1_Pooling", "Pooling"));
        modules.add(module(2, "2_Normalize", "Normalize"));
        write(folder.resolve("modules.json"), modules);
        var pooling = JSON.createObjectNode()
                .put("word_embedding_dimension", sizes.hidden())
                .put("pooling_mode_mean_tokens", true);
        write(folder.resolve("1_Pooling/config.json"), pooling);
        Files.createDirectories(folder.resolve("2_Normalize"));
        write(
                folder.resolve("sentence_bert_config.json"),
                JSON.createObjectNode().put("max_seq_length", sizes.longest()).put("do_lower_case", false));
    }

    private static ObjectNode config(Sizes sizes) {
        var config = JSON.createObjectNode();
        config.putArray("architectures").add(sizes.kind().architecture());
        return config.put("model_type", sizes.kind().modelType())
                .put("num_hidden_layers", sizes.layers())
                .put("hidden_size", sizes.hidden())
                .put("num_attention_heads", sizes.heads())
                .put("intermediate_size", sizes.intermediate())
                .put("vocab_size", sizes.vocabulary())
                .put("max_position_embeddings", sizes.positions())
                .put("type_vocab_size", sizes.kind().types())
                .put("pad_token_id", sizes.kind().padding())
                .put("layer_norm_eps", sizes.kind().epsilon())
                .put("hidden_act", "gelu")
                .put("position_embedding_type", "absolute")
                .put("torch_dtype", "float32");
    }

    private static ObjectNode module(int index, String path, String kind) {
        return JSON.createObjectNode()
                .put("idx", index)
                .put("name", "" + index)
                .put("path", path)
                .put("type", "sentence_transformers.models." + kind);
    }

    private static void write(Path file, JsonNode content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content.toPrettyString());
    }
}
