package dev.packhorse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The job jar in a JVM of its own, as users start it: through the launcher's class path or through SparkSubmit. */
final class JobProcess {

    static final Path JAR = Path.of(System.getProperty("packhorse.job.jar"));
    static final Path SPARK_HOME = Path.of(System.getProperty("packhorse.spark.home"));

    private static final Path CONF = Repository.root().resolve("conf");
    private static final long LIMIT_MINUTES = 5;

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

    private JobProcess() {}

    /** {@code spark-submit SETTINGS --class ... packhorse.jar ARGUMENTS}; what bin/spark-submit does with Spark's jars. */
    static Ended submit(Path folder, List<String> settings, List<String> arguments) {
        var command = new ArrayList<>(List.of("-cp", SPARK_HOME + "/jars/*", "org.apache.spark.deploy.SparkSubmit"));
        command.addAll(settings);
        command.addAll(List.of("--class", "dev.packhorse.jobs.Packhorse", JAR.toString()));
        command.addAll(arguments);
        return run(folder, command);
    }

    /** What the launcher {@code ./packhorse} starts. */
    static Ended launch(Path folder, List<String> arguments) {
        var command = new ArrayList<>(List.of(
                "-Dpackhorse.corpus.dir=" + System.getProperty("packhorse.corpus.dir"),
                "-cp",
                JAR + ":" + SPARK_HOME + "/jars/*",
                "dev.packhorse.jobs.Packhorse"));
        command.addAll(arguments);
        return run(folder, command);
    }

    private static Ended run(Path folder, List<String> arguments) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "@" + CONF.resolve("jvm-options"),
                "-Dlog4j2.configurationFile="
                        + CONF.resolve("log4j2.properties").toUri()));
        command.addAll(arguments);
        var out = folder.resolve("stdout");
        var err = folder.resolve("stderr");
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("SPARK_HOME", SPARK_HOME.toString());
        builder.environment()
                .put("SPARK_SCALA_VERSION", System.getProperty("packhorse.scala.version")); // as bin/spark-submit does
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        try {
            var process = builder.start();
            if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError("still running after %d minutes: %s%n%s"
                        .formatted(LIMIT_MINUTES, command, Files.readString(err)));
            }
            return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("could not run " + command, e);
        }
    }
}
