package dev.packhorse.lance.table;

import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.StoreException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.lance.Dataset;
import org.lance.ReadOptions;

/**
 * Where a table lies, and with what Lance gets there. Lance throws checked exceptions that it does not declare: who calls it catches
 * all. Immutable; prints no secret.
 */
final class LancePlace implements Serializable {

    private static final long serialVersionUID = 1;

    private static final String DATA = "data";

    /** Where in its own sources Lance saw what went wrong. */
    private static final Pattern LANCES_SOURCES = Pattern.compile(",? ?/\\S+\\.rs:\\d+(:\\d+)?,?");

    private final String uri;
    private final TreeMap<String, String> storage;
    private final Secrets secrets;

    /** @param storage settings and secrets by Lance's names */
    LancePlace(String uri, Map<String, String> storage, Secrets secrets) {
        this.uri = uri;
        this.storage = new TreeMap<>(storage);
        this.secrets = secrets;
    }

    String uri() {
        return uri;
    }

    Map<String, String> storage() {
        return storage;
    }

    /** The table as it is now; its caller closes it. */
    Dataset open(BufferAllocator allocator) {
        return Dataset.open()
                .allocator(allocator)
                .uri(uri)
                .readOptions(
                        new ReadOptions.Builder().setStorageOptions(storage).build())
                .build();
    }

    /** The table as it is now; empty where there is none. */
    Optional<Dataset> find(BufferAllocator allocator) {
        try {
            return Optional.of(open(allocator));
        } catch (IllegalArgumentException e) {
            if (message(e).contains("was not found")) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The address of a file of its data. */
    String dataFile(String name) {
        return uri + "/" + DATA + "/" + name;
    }

    /** Removes a file of its data that nothing refers to; on object stores Lance does it when it is a week old. */
    void remove(String name) {
        local().ifPresent(folder -> {
            try {
                Files.deleteIfExists(folder.resolve(name));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Names of files of its data that begin so; of object stores, none. */
    List<String> dataFiles(String prefix) {
        if (local().filter(Files::isDirectory).isEmpty()) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(local().get())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(prefix))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<Path> local() {
        return uri.contains("://") ? Optional.empty() : Optional.of(Path.of(uri, DATA));
    }

    /**
     * What to throw for what Lance, or the system below it, has thrown.
     *
     * @param doing what was tried: {@code write to it}
     */
    StoreException failure(String doing, Throwable cause) {
        if (cause instanceof StoreException known) {
            return known;
        }
        if (cause instanceof LinkageError) {
            return new StoreException(
                    "lance:%s: expected Lance's native library for this machine, which there is for Linux on x86-64 and ARM and for macOS on ARM, found %s: %s"
                            .formatted(uri, cause.getClass().getSimpleName(), message(cause)));
        }
        return new StoreException(
                "lance:%s: expected to %s, found: %s; see that the place can be reached and has room, and run the export again"
                        .formatted(uri, doing, message(cause)));
    }

    private String message(Throwable cause) {
        var message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return secrets.redact(LANCES_SOURCES.matcher(message).replaceAll("")).strip();
    }

    @Override
    public String toString() {
        return "lance:" + uri;
    }
}
