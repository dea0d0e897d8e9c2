package dev.packhorse.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** A class with a main method in a JVM of its own, with this one's class path, that a test ends. */
public final class ChildJvm implements AutoCloseable {

    private final Process process;
    private final Path log;

    private ChildJvm(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    public static ChildJvm start(Path log, Class<?> main, String... arguments) {
        return start(log, Map.of(), main, arguments);
    }

    /** The same with more in its environment. */
    public static ChildJvm start(Path log, Map<String, String> environment, Class<?> main, String... arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> !argument.contains("agent"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            return new ChildJvm(builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for something that happens while it runs. */
    public void await(BooleanSupplier happened) throws InterruptedException {
        while (!happened.getAsBoolean()) {
            if (!process.isAlive()) {
                throw new AssertionError("ended with %d: %s".formatted(process.exitValue(), log()));
            }
            Thread.sleep(5);
        }
    }

    /**
     * Ends it as by SIGKILL.
     *
     * @return the processes that it had started and that outlive it, a short command of Hadoop's given time to end
     */
    public List<ProcessHandle> kill() throws InterruptedException {
        var descendants = process.descendants().toList();
        process.destroyForcibly();
        process.waitFor();
        return descendants.stream().filter(child -> !ends(child)).toList();
    }

    private static boolean ends(ProcessHandle child) {
        try {
            child.onExit().get(1, TimeUnit.MINUTES);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /** Asks it to end, as by SIGTERM, and waits. */
    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Its command line, as other users of the machine see it. */
    public String commandLine() throws IOException {
        return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
    }

    /** Waits for its end. */
    public int waitFor() throws InterruptedException {
        return process.waitFor();
    }

    /** How it ended. */
    public int exitCode() {
        return process.exitValue();
    }

    /** What it printed. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
