package dev.packhorse.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A JVM with Spark's jars on its class path, in a folder of its own that gets what it prints. */
final class SparkProcess {

    static final Path SPARK_HOME = Path.of(System.getProperty("packhorse.spark.home"));

    /** For JVMs that live for seconds: most of such a life is the start and the compiler. */
    static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto");

    private static final Path CONF = Repository.root().resolve("conf");

    private final Path folder;
    private final Process process;

    private SparkProcess(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    /**
     * Starts it.
     *
     * @param jvm options, before the class path
     * @param classPath what comes before Spark's jars
     * @param arguments the main class and what it is told
     */
    static SparkProcess start(Path folder, List<String> jvm, List<Path> classPath, List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + CONF.resolve("jvm-options"));
        command.addAll(QUICK_START);
        command.addAll(jvm);
        var entries = new ArrayList<>(classPath.stream().map(Path::toString).toList());
        entries.add(SPARK_HOME + "/jars/*");
        command.addAll(List.of("-cp", String.join(":", entries)));
        command.addAll(arguments);
        try {
            Files.createDirectories(folder);
            var builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectOutput(folder.resolve("stdout").toFile())
                    .redirectError(folder.resolve("stderr").toFile());
            builder.environment()
                    .putAll(Map.of(
                            "SPARK_HOME",
                            SPARK_HOME.toString(),
                            "SPARK_SCALA_VERSION", // as bin/spark-submit does
                            System.getProperty("packhorse.scala.version"),
                            "SPARK_LOCAL_IP",
                            "127.0.0.1"));
            return new SparkProcess(folder, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException("could not start " + command, e);
        }
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitCode() {
        return process.exitValue();
    }

    /** Whether it ended within that time. */
    boolean endsWithin(long minutes) {
        try {
            return process.waitFor(minutes, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    String out() {
        return read("stdout");
    }

    String err() {
        return read("stderr");
    }

    private String read(String name) {
        try {
            return Files.readString(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The first group of the pattern's first match in what it logged so far.
     *
     * @throws AssertionError when the process ended without
     */
    Optional<String> logged(Pattern pattern) {
        var alive = isAlive();
        var found = pattern.matcher(err());
        if (found.find()) {
            return Optional.of(found.group(1));
        }
        if (!alive) {
            throw new AssertionError("ended before it logged '%s': %s".formatted(pattern, err()));
        }
        return Optional.empty();
    }

    /** Tells it to end and waits; what does not listen is killed. */
    void end() {
        process.destroy();
        try {
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
