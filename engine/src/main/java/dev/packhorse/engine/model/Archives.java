package dev.packhorse.engine.model;

import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * Unpacks zip and tar.gz files of models into temporary folders, which go when the process ends. One archive, by its
 * content, is unpacked once in a process. Thread-safe.
 */
final class Archives {

    /** By the archive's SHA-256. */
    private static final Map<String, Path> UNPACKED = new HashMap<>();

    private Archives() {}

    /**
     * The model's folder in an archive: its root, or the only folder at its root.
     *
     * @throws ModelException when it is no such archive, broken, or dangerous; the message names the entry
     */
    static synchronized Folder unpacked(ModelFile.Location archive) {
        var copy = Temporary.folder("packhorse-archive-").resolve("archive");
        try (var in = new DigestInputStream(archive.open(), Sha256.digest())) {
            Files.copy(in, copy); // for a zip's directory is at its end
            var sha256 = HexFormat.of().formatHex(in.getMessageDigest().digest());
            if (!UNPACKED.containsKey(sha256)) {
                UNPACKED.put(sha256, unpack(archive.toString(), copy, Unpacker.Limits.OF_MODELS));
            }
            return modelFolder(archive.toString(), UNPACKED.get(sha256));
        } catch (IOException e) {
            throw new ModelException("%s: expected a readable archive, found: %s".formatted(archive, e), e);
        } finally {
            Temporary.delete(copy.getParent());
        }
    }

    /** Unpacks into a new temporary folder. */
    static Path unpack(String name, Path file, Unpacker.Limits limits) throws IOException {
        var root = Temporary.folder("packhorse-model-");
        try {
            var unpacker = new Unpacker(name, Files.size(file), root, limits);
            if (name.toLowerCase(Locale.ROOT).endsWith(".zip")) {
                unzip(file, unpacker);
            } else {
                untar(file, unpacker);
            }
            return root;
        } catch (IOException | RuntimeException e) {
            Temporary.delete(root);
            throw e instanceof ModelException m
                    ? m
                    : new ModelException(
                            "%s: expected a whole %s archive, found: %s; was it copied completely?"
                                    .formatted(name, name.substring(name.lastIndexOf('.') + 1), e.getMessage()),
                            e);
        }
    }

    private static void unzip(Path file, Unpacker unpacker) throws IOException {
        try (var zip = zip(file)) {
            for (var entries = zip.getEntriesInPhysicalOrder(); entries.hasMoreElements(); ) {
                var entry = entries.nextElement();
                if (entry.isDirectory()) {
                    unpacker.folder(entry.getName());
                } else if (entry.isUnixSymlink()) {
                    throw unpacker.refused(entry.getName(), "a link");
                } else if (!zip.canReadEntryData(entry)) {
                    throw unpacker.refused(entry.getName(), "one that is encrypted or packed in an unknown way");
                } else {
                    try (var in = new CheckedInputStream(zip.getInputStream(entry), new CRC32())) {
                        unpacker.file(entry.getName(), in);
                        if (in.getChecksum().getValue() != entry.getCrc()) {
                            throw unpacker.refused(entry.getName(), "content of another checksum");
                        }
                    }
                }
            }
        }
    }

    private static void untar(Path file, Unpacker unpacker) throws IOException {
        try (var packed = Files.newInputStream(file);
                var gzip = gzip(packed);
                var headers = new HeaderGuard(gzip);
                var tar = new TarArchiveInputStream(headers)) {
            for (var entry = headers.next(tar); entry != null; entry = headers.next(tar)) {
                if (entry.isDirectory()) {
                    unpacker.folder(entry.getName());
                } else if (entry.getLinkFlag() == TarConstants.LF_NORMAL
                        || entry.getLinkFlag() == TarConstants.LF_OLDNORM) {
                    unpacker.file(entry.getName(), tar);
                } else {
                    throw unpacker.refused(
                            entry.getName(), entry.isLink() || entry.isSymbolicLink() ? "a link" : "a special file");
                }
            }
            gzip.transferTo(OutputStream.nullOutputStream()); // for the checksum at its end
        }
    }

    @SuppressWarnings("deprecation") // commons-compress 1.23, which Spark 3.5 brings, has no builder
    private static ZipFile zip(Path file) throws IOException {
        return new ZipFile(file);
    }

    @SuppressWarnings("deprecation") // as above
    private static GzipCompressorInputStream gzip(InputStream packed) throws IOException {
        var severalMembers = true;
        return new GzipCompressorInputStream(packed, severalMembers);
    }

    private static Folder modelFolder(String archive, Path root) throws IOException {
        if (isModel(root)) {
            return new LocalFolder(root, nameOf(archive));
        }
        try (var paths = Files.list(root)) {
            var top = paths.filter(path -> !path.endsWith("__MACOSX")).toList(); // what macOS adds to its zips
            if (top.size() == 1 && isModel(top.get(0))) {
                return LocalFolder.of(top.get(0));
            }
            throw new ModelException(
                    "%s: expected a model folder at its root or as its only folder, with a config.json or modules.json, found %s"
                            .formatted(
                                    archive,
                                    top.stream()
                                            .map(path -> path.getFileName().toString())
                                            .sorted()
                                            .limit(10)
                                            .toList()));
        }
    }

    private static boolean isModel(Path folder) {
        return List.of("config.json", Modules.FILE).stream()
                .anyMatch(name -> Files.isRegularFile(folder.resolve(name)));
    }

    private static String nameOf(String archive) {
        return archive.substring(archive.lastIndexOf('/') + 1).replaceFirst("(?i)\\.(zip|tgz|tar\\.gz)$", "");
    }
}
