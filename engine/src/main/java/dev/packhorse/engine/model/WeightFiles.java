package dev.packhorse.engine.model;

import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.families.Architecture;
import dev.packhorse.engine.families.Architecture.Opaque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Finds the files that hold a model's weights: an ONNX graph with its data, safetensors in one file or in shards, what
 * PyTorch traced, or several of them.
 *
 * @param graph the ONNX graph, where there is one
 * @param safetensors one file, or the shards in the order of their names; or nothing
 * @param torchscript the file that PyTorch traced; or nothing
 */
record WeightFiles(Optional<Graph> graph, List<ModelFile> safetensors, List<ModelFile> torchscript) {

    private static final String SAFETENSORS = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final List<String> GRAPHS = List.of("onnx/model.onnx", "model.onnx");
    private static final List<String> TRACED = List.of("torchscript/model.pt", "model.pt", "traced_model.pt");
    private static final List<String> PICKLES = List.of("pytorch_model.bin", "pytorch_model.bin.index.json");

    /** A graph or a TorchScript file alone. */
    static WeightFiles of(Contents contents, String file) {
        return isTorchscript(file)
                ? new WeightFiles(Optional.empty(), List.of(), List.of(contents.file(file)))
                : new WeightFiles(Optional.of(Graph.read(contents, file)), List.of(), List.of());
    }

    /** Whether a file has the name of one that PyTorch traced. */
    static boolean isTorchscript(String name) {
        return name.toLowerCase(Locale.ROOT).endsWith(".pt");
    }

    /** The graph, and behind it the files with its data; or nothing. */
    List<ModelFile> onnx() {
        return graph.map(Graph::files).orElse(List.of());
    }

    /**
     * @param folder of the encoder, relative to the model's
     * @throws ModelException when there are none, or none that could be run
     */
    static WeightFiles read(Contents contents, String folder, Architecture architecture) {
        var graph = first(contents, folder, GRAPHS).map(name -> Graph.read(contents, name));
        var safetensors = safetensors(contents, folder);
        var traced =
                first(contents, folder, TRACED).map(contents::file).stream().toList();
        if (graph.isEmpty() && safetensors.isEmpty() && traced.isEmpty()) {
            throw missing(contents, folder);
        }
        if (graph.isEmpty() && architecture instanceof Opaque opaque) {
            if (!traced.isEmpty()) {
                return new WeightFiles(graph, List.of(), traced); // nothing could make vectors of the others
            }
            throw new ModelException(
                    "%s: expected it, for no other encoder can run this model (%s), found nothing; export the model:"
                                    .formatted(contents.where(Names.below(folder, GRAPHS.get(0))), opaque.reason())
                            + " optimum-cli export onnx --task feature-extraction --model %s NEW"
                                    .formatted(contents.folder()));
        }
        return new WeightFiles(graph, safetensors, traced);
    }

    private static Optional<String> first(Contents contents, String folder, List<String> names) {
        return names.stream()
                .map(name -> Names.below(folder, name))
                .filter(contents::has)
                .findFirst();
    }

    private static ModelException missing(Contents contents, String folder) {
        for (var name : PICKLES) {
            if (contents.has(Names.below(folder, name))) {
                return Pickles.refused(contents, Names.below(folder, SAFETENSORS), Names.below(folder, name));
            }
        }
        return new ModelException("%s: expected %s, %s, %s or %s, found none of them"
                .formatted(contents.folder(), SAFETENSORS, INDEX, GRAPHS.get(0), TRACED.get(0)));
    }

    private static List<ModelFile> safetensors(Contents contents, String folder) {
        if (contents.has(Names.below(folder, SAFETENSORS))) {
            return List.of(contents.file(Names.below(folder, SAFETENSORS)));
        }
        var index = Names.below(folder, INDEX);
        return contents.has(index) ? shards(contents, folder, index) : List.of();
    }

    private static List<ModelFile> shards(Contents contents, String folder, String index) {
        var names = new TreeSet<String>();
        contents.json(index).path("weight_map").forEach(name -> names.add(name.asText()));
        if (names.isEmpty()) {
            throw new ModelException(
                    "%s: expected a weight_map from tensors to files, found none".formatted(contents.where(index)));
        }
        for (var name : names) {
            if (!Names.isPlain(name) || !name.endsWith(".safetensors")) {
                throw new ModelException("%s: expected names of .safetensors files beside it, found '%s'"
                        .formatted(contents.where(index), name));
            }
        }
        return names.stream()
                .map(name -> contents.file(Names.below(folder, name)))
                .toList();
    }
}
