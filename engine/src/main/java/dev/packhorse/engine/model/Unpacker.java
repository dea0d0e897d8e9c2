package dev.packhorse.engine.model;

import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes what is in an archive into a folder. An archive may be anybody's: what leaves the folder, is no plain file, is
 * there twice, or unpacks to far more than it is, stops with its name. Not thread-safe.
 */
final class Unpacker {

    /** How much may come out; a test takes less. */
    record Limits(int entries, long bytes, long ratio, long free) {

        /** Models have some ten files; weights hardly compress, and JSON to a tenth. */
        static final Limits OF_MODELS = new Limits(10_000, 64L << 30, 100, 64L << 20);
    }

    private static final int BLOCK = 1 << 16;

    private final String archive;
    private final Path root;
    private final Limits limits;
    private final long most;
    private final Set<String> seen = new HashSet<>();
    private int entries;
    private long bytes;

    /**
     * @param archive what messages call it
     * @param size its bytes
     * @param root an empty folder
     */
    Unpacker(String archive, long size, Path root, Limits limits) {
        this.archive = archive;
        this.root = root;
        this.limits = limits;
        this.most = Math.min(limits.bytes(), Math.addExact(limits.free(), Math.multiplyExact(limits.ratio(), size)));
    }

    /** Makes a folder. */
    void folder(String entry) throws IOException {
        count(entry);
        var path = plain(entry);
        if (!path.isEmpty()) {
            Files.createDirectories(root.resolve(path));
        }
    }

    /**
     * Writes a file.
     *
     * @param content read to its end, not closed
     */
    void file(String entry, InputStream content) throws IOException {
        count(entry);
        var path = plain(entry);
        if (path.isEmpty()) {
            throw refused(entry, "a file's name", "none");
        }
        if (!seen.add(path)) {
            throw refused(entry, "each name once", "it again");
        }
        var target = root.resolve(path);
        Files.createDirectories(target.getParent());
        try (var out = Files.newOutputStream(target)) {
            var block = new byte[BLOCK];
            for (var read = content.read(block); read >= 0; read = content.read(block)) {
                bytes += read;
                if (bytes > most) {
                    throw refused(entry, "at most %,d bytes in all files together".formatted(most), "more");
                }
                out.write(block, 0, read);
            }
        }
    }

    /** A link, a device or another entry that a model has no use for. */
    ModelException refused(String entry, String what) {
        return refused(entry, "files and folders only", what);
    }

    private ModelException refused(String entry, String expected, String found) {
        return new ModelException("%s, entry '%s': expected %s, found %s".formatted(archive, entry, expected, found));
    }

    private void count(String entry) {
        if (++entries > limits.entries()) {
            throw refused(entry, "at most %,d entries".formatted(limits.entries()), "more");
        }
    }

    /** The name without the parts that say nothing; empty for the archive's own root. */
    private String plain(String entry) {
        var path = Arrays.stream(entry.split("/"))
                .filter(part -> !part.isEmpty() && !part.equals("."))
                .collect(Collectors.joining("/"));
        if (entry.startsWith("/") || (!path.isEmpty() && !Names.isWithin(path))) {
            throw refused(entry, "a relative name within the archive", "one that is not");
        }
        return path;
    }
}
