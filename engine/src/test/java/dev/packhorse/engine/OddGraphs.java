package dev.packhorse.engine;

import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** tiny-bert with another graph: one of the fixtures' odd-graphs, or bytes that are none. */
public final class OddGraphs {

    private OddGraphs() {}

    /** The model in a copy below {@code parent}, with the graph of that name. */
    public static Model tinyBertWith(String graph, Path parent) {
        try (var in = OddGraphs.class.getResourceAsStream("/fixtures/odd-graphs/" + graph + ".onnx")) {
            if (in == null) {
                throw new IllegalStateException("no fixture odd-graphs/" + graph);
            }
            return tinyBertWith(in.readAllBytes(), parent);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The model in a copy below {@code parent}, with these bytes as its graph. */
    public static Model tinyBertWith(byte[] graph, Path parent) {
        var folder = Fixtures.copyTinyBert(parent);
        try {
            Files.write(folder.resolve("onnx/model.onnx"), graph);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ModelFolder.read(folder);
    }
}
