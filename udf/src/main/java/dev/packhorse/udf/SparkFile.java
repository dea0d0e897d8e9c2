package dev.packhorse.udf;

import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkFiles;

/**
 * A file that Spark brought to the executor.
 *
 * @param name by which Spark knows it
 */
public record SparkFile(String name) implements ModelFile.Location {

    @Override
    public InputStream open() throws IOException {
        return Files.newInputStream(Path.of(SparkFiles.get(name)));
    }

    @Override
    public String toString() {
        return "spark-file:" + name;
    }

    /**
     * Sends a model's local files to the executors, each of which fetches them once; what comes from a jar is there
     * already.
     */
    public static Model distribute(SparkContext spark, Model model) {
        return model.withFiles(distribute(spark, model.onnx()), distribute(spark, model.tokenizer()));
    }

    private static ModelFile.Location distribute(SparkContext spark, ModelFile file) {
        if (!(file.location() instanceof ModelFile.Location.Local local)) {
            return file.location();
        }
        // Spark knows files by their last name only, and every model calls its own the same
        var path = Path.of(local.path());
        var name = file.sha256().substring(0, 16) + "-" + path.getFileName();
        if (!spark.listFiles().exists(added -> added.endsWith(name))) {
            spark.addFile(renamed(path, name).toString());
        }
        return new SparkFile(name);
    }

    /** The same file under another name: a hard link, for Spark resolves symbolic ones; a copy where disks differ. */
    private static Path renamed(Path path, String name) {
        try {
            var renamed = Files.createTempDirectory("packhorse-").resolve(name);
            renamed.getParent().toFile().deleteOnExit();
            renamed.toFile().deleteOnExit();
            try {
                return Files.createLink(renamed, path);
            } catch (IOException | UnsupportedOperationException e) {
                return Files.copy(path, renamed);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not prepare " + path + " for the executors", e);
        }
    }
}
