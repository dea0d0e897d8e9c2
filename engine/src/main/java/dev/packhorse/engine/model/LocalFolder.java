package dev.packhorse.engine.model;

import dev.packhorse.engine.contract.ModelException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder on this machine's disk. Links are followed: download caches are made of them. */
record LocalFolder(Path path, String name) implements Folder {

    /** @throws ModelException when there is no such folder */
    static LocalFolder of(Path path) {
        if (!Files.isDirectory(path)) {
            throw new ModelException("%s: expected a model folder or one of the embedded models (%s), found neither"
                    .formatted(path, EmbeddedModel.names()));
        }
        var last = path.toAbsolutePath().normalize().getFileName();
        return new LocalFolder(path, last == null ? path.toString() : last.toString());
    }

    @Override
    public boolean has(String file) {
        return Files.isRegularFile(path.resolve(file));
    }

    @Override
    public ModelFile.Location location(String file) {
        return new ModelFile.Location.Local(path.resolve(file).toAbsolutePath().toString());
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
