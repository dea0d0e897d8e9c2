package dev.packhorse.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.jobs.ChildJvm;
import dev.packhorse.jobs.EmbedRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    void noStagingFolderIsLeft(@TempDir Path folder) throws InterruptedException {
        var output = folder.resolve("out");
        try (var process = ChildJvm.start(folder.resolve("log"), Job.class, output.toString())) {
            process.await(() -> !staging(output).isEmpty());
        }

        assertThat(staging(output)).isEmpty();
    }

    private static List<String> staging(Path output) {
        if (!Files.exists(output)) {
            return List.of();
        }
        try (var files = Files.list(output)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.contains("staging"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
