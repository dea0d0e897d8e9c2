package dev.packhorse.engine.model;

import dev.packhorse.engine.ModelException;
import java.nio.file.Path;

/** Finds a model by what people write. */
public final class Models {

    private Models() {}

    /**
     * The embedded model of that name, or else the folder at that path.
     *
     * @throws ModelException when it is neither, or its files are missing or broken
     */
    public static Model find(String nameOrFolder) {
        return EmbeddedModel.named(nameOrFolder)
                .map(EmbeddedModel::model)
                .orElseGet(() -> ModelFolder.read(Path.of(nameOrFolder)));
    }
}
