package dev.packhorse.jobs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The checkout that the tests run in. */
public final class Repository {

    private Repository() {}

    /** The folder with mvnw in it, above the module that Maven runs the tests in. */
    public static Path root() {
        return Stream.iterate(Path.of("").toAbsolutePath(), Path::getParent)
                .takeWhile(folder -> folder != null)
                .filter(folder -> Files.exists(folder.resolve("mvnw")))
                .findFirst()
                .orElseThrow();
    }
}
