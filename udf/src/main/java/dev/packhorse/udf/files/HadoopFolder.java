package dev.packhorse.udf.files;

import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.model.Folder;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A folder on any file system that Hadoop knows, such as {@code hdfs://}, {@code s3a://} or {@code abfs://}. */
final class HadoopFolder implements Folder {

    private final Path path;
    private final Configuration conf;
    private final FileSystem files;

    private HadoopFolder(Path path, Configuration conf, FileSystem files) {
        this.path = path;
        this.conf = conf;
        this.files = files;
    }

    /** @throws ModelException when there is no such file system or folder */
    static HadoopFolder of(String uri, Configuration conf) {
        try {
            var path = new Path(uri);
            var files = path.getFileSystem(conf); // Hadoop's own, shared by all who ask: not ours to close
            if (!files.getFileStatus(path).isDirectory()) {
                throw new ModelException("%s: expected a model folder, found a file".formatted(uri));
            }
            return new HadoopFolder(path, conf, files);
        } catch (IOException | IllegalArgumentException e) {
            throw new ModelException("%s: expected a model folder, found: %s".formatted(uri, e), e);
        }
    }

    @Override
    public String name() {
        return path.getName().isEmpty() ? path.toString() : path.getName();
    }

    @Override
    public boolean has(String file) {
        try {
            return files.exists(new Path(path, file));
        } catch (IOException e) {
            throw new ModelException("%s: could not look for %s: %s".formatted(path, file, e), e);
        }
    }

    @Override
    public HadoopFile location(String file) {
        return new HadoopFile(new Path(path, file).toString(), conf);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
