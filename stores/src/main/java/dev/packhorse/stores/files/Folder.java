package dev.packhorse.stores.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.udf.options.OptionException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/** A folder or file on whatever Hadoop reaches, with the settings that it takes. Immutable; what it prints is the place alone. */
final class Folder implements Serializable {

    private static final long serialVersionUID = 1;

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final String uri;
    private final TreeMap<String, String> settings;

    private Folder(String uri, Map<String, String> settings) {
        this.uri = uri;
        this.settings = new TreeMap<>(settings); // which can be serialized
    }

    /**
     * The place of an address.
     *
     * @throws OptionException when it is none, or holds a password
     */
    static Folder of(StoreRequest request, String example) {
        var place = request.place();
        URI uri;
        try {
            uri = new Path(place).toUri();
        } catch (IllegalArgumentException e) { // whose message may hold what it should not
            throw new OptionException(
                    "--to: expected an address such as %s, found one whose place is no path".formatted(example));
        }
        var user = Optional.ofNullable(uri.getRawUserInfo()).orElse("");
        if (user.contains(":")) {
            throw new OptionException(
                    ("--to: expected an address without a password, found one; for %s: secrets come from"
                                    + " Hadoop's settings (spark.hadoop.*) or its credential provider")
                            .formatted(uri.getScheme()));
        }
        return new Folder(place, request.hadoop());
    }

    /** What is in it by that name; with slashes, deeper. */
    Folder child(String name) {
        return new Folder(new Path(uri + "/" + name).toString(), settings); // for a name may hold a colon
    }

    /** What it is in. */
    Folder parent() {
        return Optional.ofNullable(new Path(uri).getParent())
                .map(parent -> new Folder(parent.toString(), settings))
                .orElseThrow(() -> new OptionException("--to: expected a file in a folder, found %s".formatted(uri)));
    }

    String name() {
        return new Path(uri).getName();
    }

    Path path() {
        return new Path(uri);
    }

    Configuration settings() {
        var conf = new Configuration();
        settings.forEach(conf::set);
        return conf;
    }

    /** Hadoop's, which keeps one for all; without the files of checksums that it puts beside others on local disks. */
    FileSystem files() throws IOException {
        var files = path().getFileSystem(settings());
        return files instanceof ChecksumFileSystem checked ? checked.getRawFileSystem() : files;
    }

    void makeFolder() throws IOException {
        if (!files().mkdirs(path())) {
            throw new IOException("expected to make the folder %s, could not".formatted(this));
        }
    }

    /** Deletes it and all in it, where it is there. */
    void delete() throws IOException {
        files().delete(path(), true);
    }

    /** What is in it, by name; nothing where it is not there. */
    List<FileStatus> list() throws IOException {
        try {
            var found = new ArrayList<>(Arrays.asList(files().listStatus(path())));
            found.sort(null);
            return found;
        } catch (FileNotFoundException e) {
            return List.of();
        }
    }

    /** Its length in bytes; empty where it is not there. */
    Optional<Long> length() throws IOException {
        try {
            return Optional.of(files().getFileStatus(path()).getLen());
        } catch (FileNotFoundException e) {
            return Optional.empty();
        }
    }

    /** Gives it another name, under which there must be nothing. */
    void moveTo(Folder place) throws IOException {
        if (!files().rename(path(), place.path())) {
            throw new IOException("expected to move %s to %s, could not".formatted(this, place));
        }
    }

    /** Takes the place of a file: at once on local disks and HDFS, as soon as it can be on others. */
    void replace(Folder file) throws IOException {
        if (files() instanceof RawLocalFileSystem) { // whose rename replaces, and takes names with colons
            moveTo(file);
            return;
        }
        try {
            FileContext.getFileContext(path().toUri(), settings())
                    .rename(files().makeQualified(path()), files().makeQualified(file.path()), Rename.OVERWRITE);
        } catch (UnsupportedFileSystemException e) { // known to FileSystem alone
            files().delete(file.path(), false);
            moveTo(file);
        }
    }

    /** Writes this file as JSON: readers find the old one or the new one. */
    void writeJson(Object value) throws IOException {
        var part = parent().child(name() + ".part");
        try (var out = part.files().create(part.path(), true)) {
            out.write(JSON.writeValueAsBytes(value));
        }
        part.replace(this);
    }

    /** Reads this file as JSON, where it is there. */
    <T> Optional<T> readJson(Class<T> type) throws IOException {
        try (var in = files().open(path())) {
            return Optional.of(JSON.readValue(in.readAllBytes(), type));
        } catch (FileNotFoundException e) {
            return Optional.empty();
        } catch (JsonProcessingException e) {
            throw new IOException(
                    "expected what an export wrote in %s, found: %s; delete it, and export again"
                            .formatted(this, e.getOriginalMessage()),
                    e);
        }
    }

    @Override
    public String toString() {
        return uri;
    }
}
