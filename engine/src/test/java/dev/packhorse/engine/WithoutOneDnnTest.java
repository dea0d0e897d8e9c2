package dev.packhorse.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class WithoutOneDnnTest {

    @Test
    void aClassPathWithoutItTakesThePaddedEncoderAndSaysSo() throws IOException, InterruptedException {
        assertPadded(classPathWithout("dnnl", "javacpp", "opencl"), "oneDNN is not on the class path");
    }

    /** The library's Java half is there on every system, its native half on few. */
    @Test
    void aSystemWithoutItTakesThePaddedEncoderAndSaysSo() throws IOException, InterruptedException {
        assertPadded(classPathWithout("-linux-x86_64.jar"), "oneDNN cannot be loaded on Linux");
    }

    private static void assertPadded(String classPath, String reason) throws IOException, InterruptedException {
        var lines = run(classPath);
        assertThat(lines.get(0))
                .startsWith("encoder: onnxruntime-padded on cpu, float32")
                .contains(reason);
        assertThat(Double.parseDouble(lines.get(1).substring("worst cosine: ".length())))
                .isGreaterThanOrEqualTo(0.99999);
    }

    private static String classPathWithout(String... parts) {
        var all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Pattern.compile(File.pathSeparator)
                .splitAsStream(all)
                .filter(entry -> Arrays.stream(parts)
                        .noneMatch(
                                part -> Path.of(entry).getFileName().toString().contains(part)))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static List<String> run(String classPath) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-opens"))
                .toList());
        command.addAll(List.of("-cp", classPath, WithoutOneDnn.class.getName()));
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.lines()
                .filter(line -> line.startsWith("encoder: ") || line.startsWith("worst cosine: "))
                .toList();
    }
}
