package dev.packhorse.engine.onnx;

import dev.packhorse.engine.contract.EncoderException;
import java.io.IOException;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of this process's own for native libraries that lie in jars. It goes when it is closed; what a killed process
 * left goes when the next one makes a folder beside it, as is known by a lock on a file of the same name: those of live
 * processes are locked.
 */
final class NativeFolder implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NativeFolder.class);

    private static final String PREFIX = "packhorse-onnxruntime-";
    private static final String LOCK = ".lock";

    /** A lock file is there before it is locked: a younger one may belong to a process that is about to. */
    private static final Duration YOUNG = Duration.ofMinutes(1);

    private final Path path;
    private final FileChannel lock;

    private NativeFolder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Makes one in another folder and copies files into it.
     *
     * @param files where they come from, by the names that they get
     * @throws EncoderException when they cannot be copied whole; nothing is left then
     */
    static NativeFolder make(Path parent, Map<String, URL> files) {
        try {
            return filled(parent, files);
        } catch (IOException e) {
            throw new EncoderException(
                    "expected to copy ONNX Runtime's native libraries to %s, found %s; make room there for %d MB, or name another folder with -Djava.io.tmpdir=FOLDER"
                            .formatted(parent, e, megabytes(files)),
                    e);
        }
    }

    private static NativeFolder filled(Path parent, Map<String, URL> files) throws IOException {
        var path = Files.createTempDirectory(parent, PREFIX);
        var folder = new NativeFolder(path, lockFile(path));
        try {
            folder.lock.lock();
            folder.sweep();
            for (var file : files.entrySet()) {
                copy(file.getValue(), path.resolve(file.getKey()));
            }
            return folder;
        } catch (IOException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private static long megabytes(Map<String, URL> files) {
        var bytes = files.values().stream().mapToLong(NativeFolder::length).sum();
        return (bytes + 999_999) / 1_000_000;
    }

    /** Of what cannot be read, 0: the reason stands beside it. */
    private static long length(URL url) {
        try {
            var connection = NativeJar.uncached(url);
            try (var in = connection.getInputStream()) {
                return Math.max(0, connection.getContentLengthLong());
            }
        } catch (IOException e) {
            return 0;
        }
    }

    private static FileChannel lockFile(Path folder) throws IOException {
        try {
            return FileChannel.open(
                    folder.resolveSibling(folder.getFileName() + LOCK),
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE);
        } catch (IOException e) {
            Files.delete(folder);
            throw e;
        }
    }

    private static void copy(URL from, Path to) throws IOException {
        var connection = NativeJar.uncached(from);
        try (var in = connection.getInputStream()) {
            var copied = Files.copy(in, to);
            var expected = connection.getContentLengthLong(); // -1 where it is not known
            if (expected >= 0 && copied != expected) {
                throw new IOException("expected %d bytes of %s, found %d".formatted(expected, from, copied));
            }
        }
    }

    /** Takes away what this user's processes left that were killed; what cannot be taken away stays. */
    private void sweep() {
        try (var locks = Files.newDirectoryStream(path.getParent(), PREFIX + "*" + LOCK)) {
            locks.forEach(this::deleteUnlocked);
        } catch (IOException | DirectoryIteratorException e) {
            LOG.debug("could not look for leftovers beside {}", path, e);
        }
    }

    private void deleteUnlocked(Path file) {
        var name = file.getFileName().toString();
        var left = file.resolveSibling(name.substring(0, name.length() - LOCK.length()));
        try {
            if (isYoung(file) || !isOurs(file) || !isOursOrGone(left)) {
                return;
            }
            try (var channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                    var unlocked = tryLock(channel)) {
                if (unlocked != null) {
                    delete(left);
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            LOG.debug("could not delete {}", left, e); // another process was quicker
        }
    }

    private static boolean isYoung(Path file) throws IOException {
        var made = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
        return made.isAfter(Instant.now().minus(YOUNG));
    }

    /** In a folder that all users write to, such as /tmp, anybody can put a link of such a name. */
    private boolean isOurs(Path file) throws IOException {
        return !Files.isSymbolicLink(file)
                && Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(path));
    }

    private boolean isOursOrGone(Path file) throws IOException {
        return Files.notExists(file, LinkOption.NOFOLLOW_LINKS) || isOurs(file);
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // this process's own
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            try (var files = Files.newDirectoryStream(folder)) {
                for (var file : files) {
                    Files.deleteIfExists(file);
                }
            }
            Files.deleteIfExists(folder);
        }
    }

    Path path() {
        return path;
    }

    /** Libraries that are loaded already stay usable. */
    @Override
    public void close() {
        try (lock) {
            delete(path);
            Files.deleteIfExists(path.resolveSibling(path.getFileName() + LOCK));
        } catch (IOException e) {
            LOG.debug("could not delete {}", path, e); // the next process does
        }
    }
}
