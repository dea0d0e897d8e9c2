package dev.packhorse.jobs.targets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.Path;

/**
 * The file that says which folder of a Parquet target is the current one, and which were before. It is replaced by a rename,
 * which is atomic on local disks and HDFS: a reader finds the old one or the new one.
 *
 * @param current the name of the folder that is read
 * @param versions all that can be read, the oldest first
 */
record Pointer(String current, List<Entry> versions) {

    static final String FILE = "_current.json";

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /**
     * A folder.
     *
     * @param created milliseconds since 1970
     * @param marks see {@link Marks}
     */
    record Entry(String version, long created, Map<String, String> marks) {}

    Entry entry(String version) {
        return versions.stream()
                .filter(entry -> entry.version().equals(version))
                .findFirst()
                .orElseThrow();
    }

    static Optional<Pointer> read(FileSystem files, Path folder) throws IOException {
        try (var in = files.open(new Path(folder, FILE))) {
            return Optional.of(JSON.readValue(in.readAllBytes(), Pointer.class));
        } catch (FileNotFoundException e) {
            return Optional.empty();
        } catch (JsonProcessingException e) {
            throw new IOException(
                    "%s: expected what Packhorse wrote, found: %s".formatted(new Path(folder, FILE), e), e);
        }
    }

    void write(FileSystem files, Path folder, Configuration conf) throws IOException {
        var part = new Path(folder, FILE + ".part");
        try (var out = files.create(part, true)) {
            out.write(JSON.writeValueAsBytes(this));
        }
        FileContext.getFileContext(folder.toUri(), conf).rename(part, new Path(folder, FILE), Rename.OVERWRITE);
    }
}
