package dev.packhorse.engine.model;

import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One file of a model and what it must contain.
 *
 * @param path relative to the model's folder, with / between its parts
 * @param location where it lies
 * @param sha256 the SHA-256 of its bytes, in lower-case hex
 */
public record ModelFile(String path, Location location, String sha256) implements Serializable {

    /** The most bytes of a file that is read as one text, such as a tokenizer.json; the largest known have 35 MB. */
    private static final long MOST_TEXT_BYTES = 512L << 20;

    /** Where a file lies. Immutable; whoever opens a stream closes it. */
    public interface Location extends Serializable {

        /** @throws IOException when it is not there or cannot be read */
        InputStream open() throws IOException;

        /**
         * How many bytes it has; nothing where that is known only after reading it.
         *
         * @throws IOException as {@link #open} does
         */
        default OptionalLong size() throws IOException {
            return OptionalLong.empty();
        }

        /** A file on this machine's disk. */
        record Local(String path) implements Location {
            @Override
            public InputStream open() throws IOException {
                return Files.newInputStream(Path.of(path));
            }

            @Override
            public OptionalLong size() throws IOException {
                return OptionalLong.of(Files.size(Path.of(path)));
            }

            @Override
            public String toString() {
                return path;
            }
        }

        /** A file in a jar on the class path. */
        record Resource(String name) implements Location {
            @Override
            public InputStream open() throws IOException {
                return find(name)
                        .orElseThrow(() -> new IOException("no such resource on the class path"))
                        .openStream();
            }

            /** Looks where our own classes come from, then where the thread's do: a cluster may load jars apart. */
            static Optional<URL> find(String name) {
                var own = ModelFile.class.getResource("/" + name);
                var context = Thread.currentThread().getContextClassLoader();
                return Optional.ofNullable(own != null || context == null ? own : context.getResource(name));
            }

            @Override
            public String toString() {
                return "classpath:" + name;
            }
        }
    }

    /** @throws ModelException when it cannot be read */
    static ModelFile of(String path, Location location) {
        try (var in = new DigestInputStream(location.open(), Sha256.digest())) {
            in.transferTo(OutputStream.nullOutputStream());
            return new ModelFile(
                    path,
                    location,
                    HexFormat.of().formatHex(in.getMessageDigest().digest()));
        } catch (IOException e) {
            throw unreadable(location, e);
        }
    }

    /**
     * The bytes of a file that must fit into memory: one that is too large is refused by its size, unread.
     *
     * @throws ModelException when it cannot be read or has more than {@code most} bytes
     */
    static byte[] bytes(Location location, long most) {
        try {
            refuse(location, location.size().orElse(0), most);
            try (var in = location.open()) {
                var bytes = in.readNBytes((int) most + 1);
                refuse(location, bytes.length, most);
                return bytes;
            }
        } catch (IOException e) {
            throw unreadable(location, e);
        }
    }

    private static void refuse(Location location, long size, long most) {
        if (size > most) {
            throw new ModelException("%s: expected at most %,d bytes, found %,d%s; is it the file that its name says?"
                    .formatted(location, most, size, size == most + 1 ? " or more" : ""));
        }
    }

    private static ModelException unreadable(Location location, IOException e) {
        return new ModelException("%s: expected a readable file, found: %s".formatted(location, e), e);
    }

    /** The same file at another place, such as an executor's copy. */
    public ModelFile at(Location elsewhere) {
        return new ModelFile(path, elsewhere, sha256);
    }

    /**
     * Reads the file as text.
     *
     * @throws ModelException when it cannot be read, is far too large, or its bytes are not those of the fingerprint
     */
    public String text() {
        var bytes = bytes(location, MOST_TEXT_BYTES);
        var digest = Sha256.digest();
        digest.update(bytes);
        check(digest);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * Copies the file without holding it in memory; what was at the target is replaced.
     *
     * @throws ModelException when it cannot be read or its bytes are not those of the fingerprint
     */
    public void copyTo(Path target) {
        try (var in = new DigestInputStream(location.open(), Sha256.digest())) {
            Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
            check(in.getMessageDigest());
        } catch (IOException e) {
            throw new ModelException("%s: could not be copied to %s: %s".formatted(location, target, e), e);
        }
    }

    /**
     * Copies the file to a temporary one, which goes when the copy is closed.
     *
     * @throws ModelException as {@link #copyTo} does
     * @throws UncheckedIOException when there is no room for a temporary file
     */
    public Copy copy() {
        var copy = new Copy(temporaryFile());
        try {
            copyTo(copy.path());
            return copy;
        } catch (RuntimeException e) {
            copy.close();
            throw e;
        }
    }

    /** A temporary copy, which whoever asked for it closes; closing it twice does nothing more. Immutable. */
    public record Copy(Path path) implements AutoCloseable {

        @Override
        public void close() {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Path temporaryFile() {
        try {
            return Files.createTempFile("packhorse-", ".model");
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "no room for the model in the temporary folder " + System.getProperty("java.io.tmpdir"), e);
        }
    }

    private void check(MessageDigest digest) {
        var found = HexFormat.of().formatHex(digest.digest());
        if (!found.equals(sha256)) {
            throw new ModelException(
                    "%s: expected SHA-256 %s, found %s; the file changed since the job started, or was not copied whole"
                            .formatted(location, sha256, found));
        }
    }
}
