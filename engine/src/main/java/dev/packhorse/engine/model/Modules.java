package dev.packhorse.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.packhorse.engine.contract.ModelException;
import java.util.ArrayList;
import java.util.List;

/**
 * The steps that a modules.json lists. Format: sentence-transformers 6, base/model.py, and the {@code load} of each of its
 * modules; the names of classes and keys that older versions wrote are read too.
 *
 * <p>A module that is not known stops with its name: to skip one would give wrong vectors.
 *
 * @param transformer the folder of the encoder, relative to the model's; empty for the model's own
 * @param others what follows the encoder, the pooling first; empty where there is no modules.json
 */
record Modules(String transformer, List<Module> others) {

    static final String FILE = "modules.json";

    private static final String LIBRARY = "sentence_transformers.";

    /**
     * One of them.
     *
     * @param kind the last part of its class' name
     * @param path its folder, relative to the model's
     */
    record Module(String kind, String path) {}

    /** @throws ModelException when the file is broken or lists what cannot be run */
    static Modules read(Contents contents) {
        if (!contents.has(FILE)) {
            return new Modules("", List.of());
        }
        var modules = new ArrayList<Module>();
        for (var node : contents.json(FILE)) {
            modules.add(module(contents, node));
        }
        var kinds = modules.stream().map(Module::kind).toList();
        if (kinds.size() < 2
                || !kinds.get(0).equals("Transformer")
                || !kinds.get(1).equals("Pooling")
                || kinds.stream().filter("Transformer"::equals).count() > 1
                || kinds.stream().filter("Pooling"::equals).count() > 1) {
            throw new ModelException(
                    "%s: expected the modules Transformer, Pooling, and then perhaps Dense and Normalize, found %s"
                            .formatted(contents.where(FILE), kinds));
        }
        return new Modules(modules.get(0).path(), List.copyOf(modules.subList(1, modules.size())));
    }

    private static Module module(Contents contents, JsonNode node) {
        var type = node.path("type").asText();
        var path = node.path("path").asText();
        var kind = type.substring(type.lastIndexOf('.') + 1);
        if (!type.startsWith(LIBRARY)
                || !List.of("Transformer", "Pooling", "Dense", "Normalize").contains(kind)) {
            throw new ModelException("%s: expected the modules Transformer, Pooling, Dense and Normalize of"
                            .formatted(contents.where(FILE))
                    + " sentence-transformers, found '%s'; each module changes the vectors, so none is skipped"
                            .formatted(type));
        }
        if (!path.isEmpty() && !Names.isWithin(path)) {
            throw new ModelException("%s: expected the path of a folder inside the model's, found '%s'"
                    .formatted(contents.where(FILE), path));
        }
        return new Module(kind, path);
    }

    /** The head that they make; where nothing is said, the mean of all tokens as sentence-transformers does. */
    Head head(Contents contents, int hidden) {
        if (others.isEmpty()) {
            return Head.of(Pooling.MEAN, false);
        }
        var steps = new ArrayList<Step>();
        for (var module : others.subList(1, others.size())) {
            steps.add(
                    module.kind().equals("Dense")
                            ? dense(contents, module.path())
                            : normalize(contents, module.path()));
        }
        return PoolingConfig.read(contents, Names.below(others.get(0).path(), "config.json"), hidden, steps);
    }

    private static Step normalize(Contents contents, String path) {
        var file = Names.below(path, "config.json");
        if (!path.isEmpty()) { // there the file is the encoder's
            expectSentences(contents, file, contents.optionalJson(file));
        }
        return new Step.Normalize();
    }

    private static Step dense(Contents contents, String path) {
        var file = Names.below(path, "config.json");
        var config = contents.json(file);
        expectSentences(contents, file, config);
        if (config.path("use_residual").asBoolean()) {
            throw new ModelException("%s: expected use_residual false, found true".formatted(contents.where(file)));
        }
        var name = config.path("activation_function").asText(DenseActivation.TANH.torchClass());
        var activation = DenseActivation.ofTorchClass(name)
                .orElseThrow(() -> new ModelException("%s: expected an activation_function among %s, found %s"
                        .formatted(contents.where(file), DenseActivation.torchClasses(), name)));
        var weights = Names.below(path, "model.safetensors");
        if (!contents.has(weights) && contents.has(Names.below(path, "pytorch_model.bin"))) {
            throw Pickles.refused(contents, weights, Names.below(path, "pytorch_model.bin"));
        }
        return new Step.Dense(
                contents.file(weights),
                Numbers.positive(contents.where(file), config, "in_features"),
                Numbers.positive(contents.where(file), config, "out_features"),
                config.path("bias").asBoolean(true),
                activation);
    }

    /** Modules can be told to work on token vectors, or on others' outputs. */
    private static void expectSentences(Contents contents, String file, JsonNode config) {
        for (var key : List.of("module_input_name", "module_output_name")) {
            var name = config.path(key).asText("sentence_embedding");
            if (!name.equals("sentence_embedding") && !config.path(key).isNull()) {
                throw new ModelException(
                        "%s: expected %s sentence_embedding, found %s".formatted(contents.where(file), key, name));
            }
        }
    }
}
