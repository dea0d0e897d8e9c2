package dev.packhorse.engine.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;

/** Temporary folders; those that are still there go when the process ends. Thread-safe. */
public final class Temporary {

    private static final Set<Path> FOLDERS = new HashSet<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Temporary::deleteAll, "packhorse-delete-temporary"));
    }

    private Temporary() {}

    /** A new folder that only this user can read. */
    public static synchronized Path folder(String prefix) {
        try {
            var folder = Files.createTempDirectory(prefix);
            FOLDERS.add(folder);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "no room for a model in the temporary folder " + System.getProperty("java.io.tmpdir"), e);
        }
    }

    /** Deletes a folder and all that is in it; one that is gone is no failure. */
    public static synchronized void delete(Path folder) {
        FOLDERS.remove(folder);
        try (var paths = Files.walk(folder)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static synchronized void deleteAll() {
        Set.copyOf(FOLDERS).forEach(Temporary::delete);
    }
}
