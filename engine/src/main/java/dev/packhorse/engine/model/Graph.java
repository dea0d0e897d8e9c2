package dev.packhorse.engine.model;

import dev.packhorse.engine.weights.OnnxSignature;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An ONNX graph before it is opened.
 *
 * @param files the graph, and behind it the files that hold its weights where it does not itself
 * @param signature what goes in and comes out
 */
record Graph(List<ModelFile> files, OnnxSignature signature) {

    /** @throws dev.packhorse.engine.contract.ModelException when it is no graph, or a file that it needs is missing */
    static Graph read(Contents contents, String path) {
        var graph = contents.file(path);
        var signature = signature(graph);
        var folder = path.substring(0, path.lastIndexOf('/') + 1);
        var files = new ArrayList<ModelFile>();
        files.add(graph);
        signature.externalData().stream().sorted().forEach(data -> files.add(contents.file(folder + data)));
        return new Graph(List.copyOf(files), signature);
    }

    private static OnnxSignature signature(ModelFile graph) {
        var name = graph.location().toString();
        if (graph.location() instanceof ModelFile.Location.Local local) {
            return OnnxSignature.read(name, Path.of(local.path()));
        }
        try (var copy = graph.copy()) {
            return OnnxSignature.read(name, copy.path());
        }
    }
}
