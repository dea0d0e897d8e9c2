package dev.packhorse.engine;

import dev.packhorse.engine.contract.Condition;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.contract.Opened;
import dev.packhorse.engine.families.Architecture.Known;
import dev.packhorse.engine.families.Families;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFiles;
import dev.packhorse.engine.transformer.TransformerWeights;
import dev.packhorse.engine.weights.WeightsFile;

/**
 * A model's weights by their names, and the copies of the files that they are read from: its safetensors files where there
 * are any, else its ONNX file.
 */
final class ModelWeights implements AutoCloseable {

    private final ModelFiles copies;
    private final TransformerWeights weights;

    private ModelWeights(ModelFiles copies, TransformerWeights weights) {
        this.copies = copies;
        this.weights = weights;
    }

    /**
     * Copies the files, checking their fingerprints, and asks for every tensor's name and shape.
     *
     * @throws UnmetException when an ONNX graph's weights are not found: an optimised or quantised graph, say, which its
     *     own runtime may still run
     * @throws ModelException when files are missing, broken or changed, or safetensors files do not fit the configuration
     */
    static ModelWeights open(Model model, Known known) {
        var copies = ModelFiles.copy(model.safetensors().isEmpty() ? model.onnx() : model.safetensors());
        try {
            return new ModelWeights(copies, weights(model, known, copies));
        } catch (RuntimeException e) {
            copies.close();
            throw e;
        }
    }

    private static TransformerWeights weights(Model model, Known known, ModelFiles copies) {
        if (!model.safetensors().isEmpty()) {
            var shards = model.safetensors().stream()
                    .map(file -> new WeightsFile.Shard(file.location().toString(), copies.path(file)))
                    .toList();
            return Families.weights(known, WeightsFile.safetensors(shards.get(0).name(), shards));
        }
        var graph = model.graph().orElseThrow();
        try {
            return Families.weights(
                    known,
                    WeightsFile.onnx(
                            graph.location().toString(), copies.path(graph), copies.besides(graph, model.onnx())));
        } catch (ModelException e) {
            throw new UnmetException(
                    new Condition(
                            "weights",
                            "a graph whose weights have the names of a " + known.modelType(),
                            e.getMessage()),
                    e);
        }
    }

    TransformerWeights weights() {
        return weights;
    }

    @Override
    public void close() {
        var opened = new Opened();
        opened.add(copies);
        opened.add(weights);
        opened.close();
    }
}
