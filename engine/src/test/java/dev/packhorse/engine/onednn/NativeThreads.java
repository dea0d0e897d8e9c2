package dev.packhorse.engine.onednn;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Counts the threads of this process by name, Java's and others', as Linux lists them. */
final class NativeThreads {

    private static final Path TASKS = Path.of("/proc/self/task");

    private NativeThreads() {}

    /** Threads inherit the name of the thread that started them. Skips the test on systems that do not say. */
    static long named(String name) throws IOException {
        assumeTrue(Files.exists(TASKS), "needs /proc/self/task");
        try (var tasks = Files.list(TASKS)) {
            return tasks.filter(task -> nameOf(task).equals(name)).count();
        }
    }

    private static String nameOf(Path task) {
        try {
            return Files.readString(task.resolve("comm")).strip();
        } catch (IOException e) {
            return "ended meanwhile";
        }
    }
}
