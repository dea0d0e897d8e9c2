package dev.packhorse.udf.files;

import dev.packhorse.engine.model.ModelFile;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A file on a file system that Hadoop knows and all machines see: the driver reads it to know the model, and each executor
 * reads it from there, with the Hadoop settings of its own Spark. Equal to another of the same URI. Thread-safe.
 */
final class HadoopFile implements ModelFile.Location {

    private static final long serialVersionUID = 1;

    private final String uri;
    private final transient Configuration drivers; // null on executors

    HadoopFile(String uri, Configuration drivers) {
        this.uri = uri;
        this.drivers = drivers;
    }

    private Configuration conf() {
        return Optional.ofNullable(drivers).orElseGet(HadoopSettings::ofThisProcess);
    }

    @Override
    public InputStream open() throws IOException {
        var path = new Path(uri);
        return new CheckedStream(path.getFileSystem(conf()).open(path));
    }

    @Override
    public OptionalLong size() throws IOException {
        var path = new Path(uri);
        return OptionalLong.of(path.getFileSystem(conf()).getFileStatus(path).getLen());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HadoopFile file && file.uri.equals(uri);
    }

    @Override
    public int hashCode() {
        return uri.hashCode();
    }

    @Override
    public String toString() {
        return uri;
    }
}
