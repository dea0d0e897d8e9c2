package dev.packhorse.engine.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Copies of several files of a model in one temporary folder, each at its own path, so that they find each other. They go
 * when this is closed; closing it twice does nothing more. Whoever asked for them closes them, once nothing reads them.
 * Immutable: any thread may ask for paths until then.
 */
public final class ModelFiles implements AutoCloseable {

    private final Path folder;

    private ModelFiles(Path folder) {
        this.folder = folder;
    }

    /**
     * Copies the files.
     *
     * @throws dev.packhorse.engine.contract.ModelException when one cannot be read or is not what it was
     * @throws UncheckedIOException when there is no room for them in the temporary folder
     */
    public static ModelFiles copy(List<ModelFile> files) {
        var copies = new ModelFiles(Temporary.folder("packhorse-weights-"));
        try {
            for (var file : files) {
                Files.createDirectories(copies.path(file).getParent());
                file.copyTo(copies.path(file));
            }
            return copies;
        } catch (IOException e) {
            copies.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            copies.close();
            throw e;
        }
    }

    /** Where the copy of a file lies, if it is one of those that were copied. */
    public Path path(ModelFile file) {
        return folder.resolve(file.path());
    }

    /**
     * The copies of the files besides a graph's own, by their paths relative to the graph's folder.
     *
     * @param files all of them in that folder or below it
     */
    public Map<String, Path> besides(ModelFile graph, List<ModelFile> files) {
        var folder = graph.path().substring(0, graph.path().lastIndexOf('/') + 1);
        return files.stream()
                .filter(file -> !file.equals(graph))
                .collect(Collectors.toMap(file -> file.path().substring(folder.length()), this::path));
    }

    @Override
    public void close() {
        Temporary.delete(folder);
    }
}
