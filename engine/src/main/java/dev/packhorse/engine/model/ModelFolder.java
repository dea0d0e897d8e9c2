package dev.packhorse.engine.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.packhorse.engine.ModelException;
import dev.packhorse.engine.families.Architecture;
import dev.packhorse.engine.families.Architecture.Known;
import dev.packhorse.engine.families.Families;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * Reads a model folder in the layout that sentence-transformers writes: config.json, onnx/model.onnx, tokenizer.json,
 * modules.json with the modules Transformer, Pooling and Normalize, and sentence_bert_config.json.
 *
 * <p>A module or a pooling that is not supported stops with its name: skipping one would give wrong vectors.
 */
public final class ModelFolder {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String SENTENCE_CONFIG = "sentence_bert_config.json";

    private final Path folder;

    private ModelFolder(Path folder) {
        this.folder = folder;
    }

    /** @throws ModelException when a file is missing, broken, or asks for what is not supported */
    public static Model read(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new ModelException("%s: expected a model folder or one of the embedded models (%s), found neither"
                    .formatted(folder, EmbeddedModel.names()));
        }
        return new ModelFolder(folder).read();
    }

    private Model read() {
        var architecture = Families.describe(folder.resolve("config.json").toString(), json("config.json"));
        var dimension = dimension(architecture);
        var positions = positions(architecture);
        var modules = modules();
        refusePrompt();
        refuseLowerCasing();
        return new Model(
                folder.toAbsolutePath().normalize().getFileName().toString(),
                file(Files.exists(folder.resolve("onnx/model.onnx")) ? "onnx/model.onnx" : "model.onnx"),
                safetensors(),
                file("tokenizer.json"),
                architecture,
                dimension,
                maxSeqLength(positions),
                pooling(modules, dimension),
                modules.stream().anyMatch(m -> m.kind().equals("Normalize")));
    }

    private int dimension(Architecture architecture) {
        return architecture instanceof Known known ? known.shape().hidden() : requiredInt("config.json", "hidden_size");
    }

    private int positions(Architecture architecture) {
        return architecture instanceof Known known
                ? known.shape().positions()
                : requiredInt("config.json", "max_position_embeddings");
    }

    private List<ModelFile> safetensors() {
        return Files.exists(folder.resolve("model.safetensors")) ? List.of(file("model.safetensors")) : List.of();
    }

    private ModelFile file(String name) {
        return ModelFile.of(new ModelFile.Location.Local(
                folder.resolve(name).toAbsolutePath().toString()));
    }

    /** A step of sentence-transformers' pipeline: the last part of its class name, and its folder. */
    private record Module(String kind, String path) {}

    private List<Module> modules() {
        var modules = new ArrayList<Module>();
        for (var node : json("modules.json")) {
            var type = node.path("type").asText();
            modules.add(new Module(
                    type.substring(type.lastIndexOf('.') + 1), node.path("path").asText()));
        }
        var kinds = modules.stream().map(Module::kind).toList();
        if (!kinds.equals(List.of("Transformer", "Pooling"))
                && !kinds.equals(List.of("Transformer", "Pooling", "Normalize"))) {
            throw new ModelException("%s: expected the modules Transformer, Pooling and perhaps Normalize, found %s"
                    .formatted(folder.resolve("modules.json"), kinds));
        }
        return modules;
    }

    private Pooling pooling(List<Module> modules, int dimension) {
        var name = modules.get(1).path() + "/config.json";
        var config = json(name);
        var expected = config.path("word_embedding_dimension").asInt(dimension);
        if (expected != dimension) {
            throw new ModelException("%s: expected word_embedding_dimension %d as in config.json, found %d"
                    .formatted(folder.resolve(name), dimension, expected));
        }
        var modes = new ArrayList<String>();
        config.properties().forEach(field -> {
            if (field.getKey().startsWith("pooling_mode_") && field.getValue().asBoolean()) {
                modes.add(field.getKey());
            }
        });
        return switch (String.join(",", modes)) {
            case "pooling_mode_mean_tokens" -> Pooling.MEAN;
            case "pooling_mode_cls_token" -> Pooling.CLS;
            default ->
                throw new ModelException(
                        "%s: expected pooling_mode_mean_tokens or pooling_mode_cls_token alone to be true, found %s"
                                .formatted(folder.resolve(name), modes));
        };
    }

    /** A prompt in front of every text would change every vector. */
    private void refusePrompt() {
        var name = "config_sentence_transformers.json";
        var prompt = optionalJson(name).path("default_prompt_name");
        if (prompt.isTextual()) {
            throw new ModelException("%s: expected no default_prompt_name, found '%s'; prompts are not supported yet"
                    .formatted(folder.resolve(name), prompt.asText()));
        }
    }

    /** sentence-transformers lower-cases texts itself where this is set; tokenizer.json mostly does so anyway. */
    private void refuseLowerCasing() {
        if (optionalJson(SENTENCE_CONFIG).path("do_lower_case").asBoolean()
                && !lowerCases(json("tokenizer.json").path("normalizer"))) {
            throw new ModelException(
                    "%s: expected do_lower_case false, or a tokenizer.json that lower-cases, found true and one that does not"
                            .formatted(folder.resolve(SENTENCE_CONFIG)));
        }
    }

    private static boolean lowerCases(JsonNode normalizer) {
        return switch (normalizer.path("type").asText()) {
            case "Lowercase" -> true;
            case "BertNormalizer" -> normalizer.path("lowercase").asBoolean();
            case "Sequence" ->
                StreamSupport.stream(normalizer.path("normalizers").spliterator(), false)
                        .anyMatch(ModelFolder::lowerCases);
            default -> false;
        };
    }

    /**
     * What sentence_bert_config.json says; else, as sentence-transformers does, the least of the model's positions and
     * the tokenizer's maximum, which for RoBERTa is two less.
     */
    private int maxSeqLength(int positions) {
        var given = optionalJson(SENTENCE_CONFIG).path("max_seq_length");
        if (!given.isIntegralNumber()) {
            var most = optionalJson("tokenizer_config.json")
                    .path("model_max_length")
                    .asDouble(positions);
            return most < 1 ? positions : (int) Math.min(positions, most); // often 1e30, which says nothing
        }
        var length = given.asInt();
        if (length < 1 || length > positions) {
            throw new ModelException("%s: expected max_seq_length from 1 to the model's %d positions, found %d"
                    .formatted(folder.resolve(SENTENCE_CONFIG), positions, length));
        }
        return length;
    }

    private int requiredInt(String name, String key) {
        var value = json(name).path(key);
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < 1) {
            throw new ModelException("%s: expected a positive integer %s, found %s"
                    .formatted(folder.resolve(name), key, value.isMissingNode() ? "nothing" : value));
        }
        return value.asInt();
    }

    /** The file's JSON, or nothing where there is no such file. */
    private JsonNode optionalJson(String name) {
        return Files.exists(folder.resolve(name)) ? json(name) : MissingNode.getInstance();
    }

    private JsonNode json(String name) {
        var path = folder.resolve(name);
        try {
            return JSON.readTree(Files.readAllBytes(path));
        } catch (JsonProcessingException e) {
            throw new ModelException("%s: expected JSON, found: %s".formatted(path, e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new ModelException("%s: expected a readable file, found: %s".formatted(path, e), e);
        }
    }
}
