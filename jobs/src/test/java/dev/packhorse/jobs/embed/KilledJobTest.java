package dev.packhorse.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.jobs.EmbedRun;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a job leaves that is told to end, as by Ctrl-C or a cluster's manager. */
class KilledJobTest {

    /** A job that would take long, in a process of its own. */
    public static final class Job {
        public static void main(String[] arguments) {
            EmbedRun.to(Path.of(arguments[0]))
                    .set("query", "SELECT id, concat('text number ', id) AS text FROM range(50000000)")
                    .set("output-precision", "int8")
                    .run();
        }
    }

    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void noStagingFolderIsLeft(@TempDir Path folder) throws IOException, InterruptedException {
        var output = folder.resolve("out");
        var process = start(folder, output);
        try {
            while (staging(output).isEmpty()) {
                assertThat(process.isAlive())
                        .as(() -> read(folder.resolve("log")))
                        .isTrue();
                Thread.sleep(100);
            }
        } finally {
            process.destroy();
            process.waitFor();
        }

        assertThat(staging(output)).isEmpty();
    }

    private static Process start(Path folder, Path output) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> !argument.contains("agent"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Job.class.getName(), output.toString()));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    private static List<String> staging(Path output) throws IOException {
        if (!Files.exists(output)) {
            return List.of();
        }
        try (var files = Files.list(output)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.contains("staging"))
                    .toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
