package dev.packhorse.storetests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A process that a test starts and ends. What it prints goes into a file; its standard input stays open as long as this. */
final class LocalProcess implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final Process process;
    private final Path log;

    private LocalProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static LocalProcess start(Path folder, Path log, List<String> command) {
        try {
            var process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            return new LocalProcess(process, log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command to its end, which must be a good one. */
    static void run(Path folder, Path log, List<String> command) {
        try (var process = start(folder, log, command)) {
            process.awaitEnd();
            if (process.process.exitValue() != 0) {
                throw new AssertionError(
                        "%s ended with %d: %s".formatted(command, process.process.exitValue(), process.log()));
            }
        }
    }

    /** Asks until there is an answer; the process must not end meanwhile. */
    <T> T await(String what, Supplier<Optional<T>> question) {
        var end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < end) {
            var answer = question.get();
            if (answer.isPresent()) {
                return answer.get();
            }
            if (!process.isAlive()) {
                throw new AssertionError("ended with %d before %s: %s".formatted(process.exitValue(), what, log()));
            }
            try {
                Thread.sleep(PAUSE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting for " + what, e);
            }
        }
        throw new AssertionError("waited %s for %s: %s".formatted(LIMIT, what, log()));
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                process.waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for a process to end", e);
        }
    }

    /** What it has printed. */
    String log() {
        try {
            return Files.readString(log, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Ends it, and waits; at once where it does not end when it is asked to. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // it has ended
        }
        process.destroy();
        awaitEnd();
    }

    /** Deletes a folder that a process had. */
    static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
