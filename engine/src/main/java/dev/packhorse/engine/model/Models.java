package dev.packhorse.engine.model;

import dev.packhorse.engine.contract.ModelException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Finds a model by what people write: an embedded model's name, {@code maven:GROUP:ARTIFACT} or {@code maven:NAME} for
 * the same, {@code classpath:FOLDER}, or the path of a folder, of an archive of one, or of an ONNX or TorchScript file. Thread-safe.
 */
public final class Models {

    private static final String MAVEN = "maven:";
    private static final String CLASSPATH = "classpath:";
    private static final String FILE = "file:";
    private static final List<String> ARCHIVES = List.of(".zip", ".tar.gz", ".tgz");

    private Models() {}

    /** Opens folders by their paths, in the thread that asks; throws ModelException for what is none. */
    public interface Folders extends Function<String, Folder> {}

    /**
     * The same with local paths only, and everything as the model's files say.
     *
     * @throws ModelException when there is none, or its files are missing or broken
     */
    public static Model find(String written) {
        return find(written, ModelOptions.NONE, Models::local);
    }

    /**
     * Finds a model and reads what its files say.
     *
     * @param folders opens what is a path
     * @throws ModelException when there is none, or its files are missing or broken
     */
    public static Model find(String written, ModelOptions options, Folders folders) {
        var embedded = EmbeddedModel.named(written);
        if (embedded.isPresent()) {
            return embedded.get().model(options);
        }
        if (written.startsWith(MAVEN)) {
            return ofJar(written).model(options);
        }
        if (written.startsWith(CLASSPATH)) {
            return ModelFolder.read(ClassPathFolder.of(written.substring(CLASSPATH.length())), options);
        }
        return ofPath(written.startsWith(FILE) ? plain(written) : written, options, folders);
    }

    private static Model ofPath(String written, ModelOptions options, Folders folders) {
        var lower = written.toLowerCase(Locale.ROOT);
        if (ARCHIVES.stream().anyMatch(lower::endsWith)) {
            return ModelFolder.read(Archives.unpacked(location(written, folders)), options);
        }
        return lower.endsWith(".onnx") || WeightFiles.isTorchscript(lower)
                ? ModelFolder.readFile(folders.apply(parent(written)), last(written), options)
                : ModelFolder.read(folders.apply(written), options);
    }

    /**
     * A folder of this machine's.
     *
     * @param path perhaps with {@code file:} in front
     * @throws ModelException when there is none
     */
    public static Folder local(String path) {
        return LocalFolder.of(Path.of(path.startsWith(FILE) ? plain(path) : path));
    }

    /** The path of a {@code file:PATH} or {@code file:///PATH}. */
    private static String plain(String file) {
        return file.substring(FILE.length()).replaceFirst("^//(?=/)", "");
    }

    private static ModelFile.Location location(String written, Folders folders) {
        return folders.apply(parent(written)).location(last(written));
    }

    private static String parent(String path) {
        var slash = path.lastIndexOf('/');
        return slash < 0 ? "." : slash == 0 ? "/" : path.substring(0, slash);
    }

    private static String last(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static EmbeddedModel ofJar(String written) {
        var name = written.substring(MAVEN.length());
        return EmbeddedModel.named(name)
                .or(() -> Arrays.stream(EmbeddedModel.values())
                        .filter(model -> model.coordinates().equals(name))
                        .findFirst())
                .orElseThrow(() -> new ModelException("%s: expected maven: and one of %s, found '%s'; a model folder in"
                                .formatted(
                                        written,
                                        Arrays.stream(EmbeddedModel.values())
                                                .map(model -> model.id() + ", " + model.coordinates())
                                                .toList(),
                                        name)
                        + " another jar is classpath:FOLDER, with the jar on the class path"));
    }
}
