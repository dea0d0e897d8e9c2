package dev.packhorse.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Native memory that truly runs out in the middle of encoding, in a process of its own. */
class OutOfNativeMemoryTest {

    private static final Pattern OUTCOME = Pattern.compile("large: .*, (\\d+) batches of up to (\\d+) rows, 0 failed");

    /** By the limit of Java's direct memory, which Arrow's allocator has too: batches of up to a million tokens, in 40 MiB. */
    @ParameterizedTest
    @EnumSource(
            value = PathChoice.class,
            names = {"FAST", "SLOW"})
    void batchesTooLargeForDirectMemoryAreHalved(PathChoice path) throws IOException, InterruptedException {
        assertHalved(run(path));
    }

    private static void assertHalved(List<String> lines) {
        var outcome =
                lines.stream().map(OUTCOME::matcher).filter(m -> m.matches()).findFirst();
        assertThat(outcome).as("lines %s", lines).isPresent();
        assertThat(Integer.parseInt(outcome.get().group(1)))
                .as("batches, of which there would be one")
                .isGreaterThan(1);
        assertThat(Integer.parseInt(outcome.get().group(2)))
                .as("rows of the largest")
                .isGreaterThan(20);
        assertThat(lines).contains("same: true");
    }

    private static List<String> run(PathChoice path) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-opens"))
                .toList());
        command.addAll(List.of(
                "-Xmx256m",
                "-XX:MaxDirectMemorySize=40m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                LargeBatches.class.getName(),
                path.name()));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.lines().collect(Collectors.toList());
    }
}
