package dev.packhorse.udf.files;

import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;

/**
 * A file of the driver that executors read over Spark's own transport, as they read the job jar.
 *
 * <p>Not {@code SparkContext.addFile}: since Spark 4.0 isolates the artifacts of sessions, the tasks of SQL queries do not
 * get files that were added to the context (SPARK-53478). Immutable; whoever opens a stream closes it.
 *
 * @param uri {@code spark://driver:port/files/name}
 */
public record DriverFile(String uri) implements ModelFile.Location {

    @Override
    public InputStream open() throws IOException {
        return new CheckedStream(Channels.newInputStream(SparkEnv.get().rpcEnv().openChannel(uri)));
    }

    @Override
    public String toString() {
        return uri;
    }

    /**
     * The model as executors find it: its local files offered by the driver, what comes from a jar as it is. In local
     * mode the driver is the executor, and nothing changes.
     *
     * @throws UncheckedIOException when a file cannot be linked or copied to a name of its own
     */
    public static Model offer(SparkContext spark, Model model) {
        return spark.isLocal() ? model : model.withFiles(DriverFile::offer);
    }

    static ModelFile.Location offer(ModelFile file) {
        return file.location() instanceof ModelFile.Location.Local local
                ? new DriverFile(SparkEnv.get()
                        .rpcEnv()
                        .fileServer()
                        .addFile(renamed(Path.of(local.path()), file.sha256()).toFile()))
                : file.location();
    }

    /** The file under a name that no other has, for the driver knows files by their last names and models reuse them. */
    private static synchronized Path renamed(Path path, String sha256) {
        var renamed = Offered.FOLDER.resolve(sha256.substring(0, 16) + "-" + path.getFileName());
        try {
            if (!Files.exists(renamed)) {
                link(path, renamed);
                renamed.toFile().deleteOnExit();
            }
            return renamed;
        } catch (IOException e) {
            throw new UncheckedIOException("could not prepare " + path + " for the executors", e);
        }
    }

    /** A hard link, so that the file stays what it is when another takes its place; a copy where disks differ. */
    private static void link(Path path, Path renamed) throws IOException {
        try {
            Files.createLink(renamed, path.toRealPath());
        } catch (IOException | UnsupportedOperationException e) {
            Files.copy(path, renamed);
        }
    }

    private static final class Offered {
        static final Path FOLDER = folder();

        private static Path folder() {
            try {
                var folder = Files.createTempDirectory("packhorse-");
                folder.toFile().deleteOnExit();
                return folder;
            } catch (IOException e) {
                throw new UncheckedIOException("could not make a folder for the files of models", e);
            }
        }
    }
}
