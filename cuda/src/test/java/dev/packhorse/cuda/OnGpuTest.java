package dev.packhorse.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The program that is taken to GPUs runs, here on the CPU. */
class OnGpuTest {

    @Test
    void itChecksEveryFamilyAndMeasuresShapes() {
        var bytes = new ByteArrayOutputStream();
        var good = OnGpu.run(
                new PrintStream(bytes, true, StandardCharsets.UTF_8),
                "--device",
                "cpu",
                "--shapes",
                "tiny",
                "--seconds",
                "0",
                "--cells",
                "4096",
                "--turns",
                "1");
        var lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines.stream().filter(line -> line.startsWith("case | ")))
                .hasSize(20)
                .allSatisfy(line -> {
                    assertThat(line).endsWith(" | good");
                });
        assertThat(good).isTrue();
        assertThat(speeds(lines)).hasSize(6).allSatisfy(line -> assertThat(line)
                .matches("speed \\| TINY \\| longest (128|512) \\| padding 0\\.[058] \\| nested \\d+ tokens/s .*"));
        assertThat(lines).contains("kernels | TINY | ONNX's operators");
        assertThat(lines.get(lines.size() - 1)).startsWith("queue | TINY | longest 128 | padding 0.5 | ");
    }

    private static List<String> speeds(List<String> lines) {
        return lines.stream().filter(line -> line.startsWith("speed | ")).toList();
    }
}
