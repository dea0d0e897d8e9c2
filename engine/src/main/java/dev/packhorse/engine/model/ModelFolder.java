package dev.packhorse.engine.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a model folder in the layout that sentence-transformers writes: config.json, onnx/model.onnx, tokenizer.json,
 * modules.json with the modules Transformer, Pooling and Normalize, and sentence_bert_config.json.
 *
 * <p>A module or a pooling that is not supported stops with its name: skipping one would give wrong vectors.
 */
public final class ModelFolder {

    private static final ObjectMapper JSON = new ObjectMapper();

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
        var dimension = requiredInt("config.json", "hidden_size");
        var positions = requiredInt("config.json", "max_position_embeddings");
        var modules = modules();
        return new Model(
                folder.toAbsolutePath().normalize().getFileName().toString(),
                file(Files.exists(folder.resolve("onnx/model.onnx")) ? "onnx/model.onnx" : "model.onnx"),
                file("tokenizer.json"),
                dimension,
                maxSeqLength(positions),
                pooling(modules, dimension),
                modules.stream().anyMatch(m -> m.kind().equals("Normalize")));
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

    private int maxSeqLength(int positions) {
        var name = "sentence_bert_config.json";
        if (!Files.exists(folder.resolve(name))) {
            return positions;
        }
        var length = json(name).path("max_seq_length").asInt(positions);
        if (length < 1 || length > positions) {
            throw new ModelException("%s: expected max_seq_length from 1 to the model's %d positions, found %d"
                    .formatted(folder.resolve(name), positions, length));
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
