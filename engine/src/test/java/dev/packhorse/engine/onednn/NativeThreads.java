package dev.packhorse.engine.onednn;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Counts the threads of this process, Java's and others', as Linux lists them. */
final class NativeThreads {

    private static final Path TASKS = Path.of("/proc/self/task");

    private NativeThreads() {}

    /** Skips the test on systems that do not say. */
    static long count() throws IOException {
        assumeTrue(Files.exists(TASKS), "needs /proc/self/task");
        try (var tasks = Files.list(TASKS)) {
            return tasks.count();
        }
    }
}
