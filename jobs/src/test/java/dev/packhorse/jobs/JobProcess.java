package dev.packhorse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The job jar in a JVM of its own, as users start it: through the launcher's class path or through SparkSubmit. */
final class JobProcess implements AutoCloseable {

    static final Path JAR = Path.of(System.getProperty("packhorse.job.jar"));
    static final Path SPARK_HOME = SparkProcess.SPARK_HOME;

    private static final Path CONF = Repository.root().resolve("conf");
    private static final Pattern PROGRESS = Pattern.compile("rows ([\\d,]+) of ");
    private static final long LIMIT_MINUTES = 10;

    /** How a process ended and what it printed. */
    record Ended(int code, String out, String err) {

        Ended assertDone() {
            assertThat(code).as("exit code; stdout: %s%nstderr: %s", out, err).isZero();
            return this;
        }

        /** The row of the summary that starts with this word. */
        String row(String name) {
            return out.lines()
                    .filter(line -> line.startsWith(name + " "))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no row '%s' in %s".formatted(name, out)))
                    .substring(name.length())
                    .strip();
        }
    }

    private final SparkProcess process;

    private JobProcess(SparkProcess process) {
        this.process = process;
    }

    /** {@code spark-submit SETTINGS --class ... packhorse.jar ARGUMENTS}; what bin/spark-submit does with Spark's jars. */
    static Ended submit(Path folder, List<String> settings, List<String> arguments) {
        try (var job = start(folder, settings, arguments)) {
            return job.await();
        }
    }

    /** The same, without waiting for its end. */
    static JobProcess start(Path folder, List<String> settings, List<String> arguments) {
        var command = new ArrayList<>(List.of("org.apache.spark.deploy.SparkSubmit"));
        command.addAll(settings);
        command.addAll(List.of("--class", "dev.packhorse.jobs.Packhorse", JAR.toString()));
        command.addAll(arguments);
        return run(folder, List.of(), command);
    }

    /** What the launcher {@code ./packhorse} starts. */
    static Ended launch(Path folder, List<String> arguments) {
        var command = new ArrayList<>(List.of("dev.packhorse.jobs.Packhorse"));
        command.addAll(arguments);
        try (var job = run(folder, List.of(JAR), command)) {
            return job.await();
        }
    }

    private static JobProcess run(Path folder, List<Path> classPath, List<String> command) {
        var jvm = List.of(
                "-Xmx1g",
                // a line each second, as on a terminal
                "-Dpackhorse.terminal=true",
                "-Dpackhorse.corpus.dir=" + System.getProperty("packhorse.corpus.dir"),
                "-Dlog4j2.configurationFile="
                        + CONF.resolve("log4j2.properties").toUri());
        return new JobProcess(SparkProcess.start(folder, jvm, classPath, command));
    }

    ProcessHandle handle() {
        return process.handle();
    }

    /** Waits for its end. */
    Ended await() {
        if (!process.endsWithin(LIMIT_MINUTES)) {
            throw new AssertionError(
                    "still running after %d minutes: %s%n%s".formatted(LIMIT_MINUTES, process.out(), process.err()));
        }
        return new Ended(process.exitCode(), process.out(), process.err());
    }

    /** Waits until its tasks have encoded rows, and returns how many; fails where the job ends before. */
    long awaitRows() {
        return Poll.until("encoded rows", () -> {
            if (!process.isAlive()) {
                throw new AssertionError(
                        "the job ended before anybody saw it encode: %s%n%s".formatted(process.out(), process.err()));
            }
            var rows = PROGRESS.matcher(process.out())
                    .results()
                    .map(found -> Long.parseLong(found.group(1).replace(",", "")))
                    .reduce((first, last) -> last);
            return rows.filter(found -> found > 0);
        });
    }

    /** Kills what still runs. */
    @Override
    public void close() {
        if (process.isAlive()) {
            process.handle().destroyForcibly();
            process.endsWithin(LIMIT_MINUTES);
        }
    }
}
