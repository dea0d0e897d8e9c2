package dev.packhorse.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.jobs.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ./packhorse} in a folder where Java, Maven and ldconfig only tell what they were asked. */
class LauncherTest {

    @TempDir
    Path folder;

    private Path home;

    private record Ended(int code, List<String> out, String err) {

        /** What goes to Java's class path. */
        String classPath() {
            return out.get(out.indexOf("-cp") + 1);
        }
    }

    @BeforeEach
    void aCheckoutThatIsBuilt() throws IOException {
        home = Files.createDirectories(folder.resolve("checkout"));
        script(home.resolve("packhorse"), Files.readString(Repository.root().resolve("packhorse")));
        Files.createFile(home.resolve("pom.xml"));
        script(home.resolve("mvnw"), """
                #!/bin/sh
                echo "mvnw $*" >&2
                for argument in "$@"; do
                    case $argument in -Pcuda*) mkdir -p "cuda/target/${argument#-P}" ;; esac
                done
                """);
        Files.createDirectories(home.resolve("jobs/target/spark/jars"));
        Files.createFile(home.resolve("jobs/target/packhorse.jar"));
        Files.createFile(home.resolve("jobs/target/spark/.complete"));
        script(folder.resolve("java/bin/java"), """
                #!/bin/sh
                case $1 in
                    -version) echo 'openjdk version "17.0.1"' >&2 ;;
                    *) for argument in "$@"; do echo "$argument"; done ;;
                esac
                """);
        script(folder.resolve("bin/ldconfig"), "#!/bin/sh\ncat '" + folder.resolve("ldconfig.txt") + "'\n");
        Files.writeString(folder.resolve("ldconfig.txt"), "        libc.so.6 => /lib/libc.so.6\n");
    }

    private static void script(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Ended launch(Map<String, String> environment, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(home.resolve("packhorse").toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().remove("LD_LIBRARY_PATH");
        builder.environment().remove("PACKHORSE_CUDA");
        builder.environment().put("JAVA_HOME", folder.resolve("java").toString());
        builder.environment().put("PATH", folder.resolve("bin") + ":/usr/bin:/bin");
        builder.environment().putAll(environment);
        var process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            process.destroyForcibly();
        }
        return new Ended(
                process.exitValue(),
                Files.readAllLines(folder.resolve("out")),
                Files.readString(folder.resolve("err")));
    }

    private Map<String, String> libraries(String cuda) throws IOException {
        var libraries = Files.createDirectories(folder.resolve("libraries of CUDA"));
        Files.createFile(libraries.resolve("libcublasLt.so." + cuda));
        return Map.of("LD_LIBRARY_PATH", "/nowhere:" + libraries + ":");
    }

    @Test
    void aBuiltCheckoutIsStarted() throws IOException {
        var ended = launch(Map.of(), "embed", "--input", "some texts");

        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.err()).isEmpty();
        assertThat(ended.classPath())
                .isEqualTo("%1$s/packhorse.jar:%1$s/spark/jars/*".formatted(home.resolve("jobs/target")));
        assertThat(ended.out()).endsWith("dev.packhorse.jobs.Packhorse", "embed", "--input", "some texts");
    }

    @ParameterizedTest
    @CsvSource({"--device=cuda,", "--device=cuda:1,", "--device,cuda", "--device,'cuda:0,3'"})
    void whoNamesAGpuGetsOnnxRuntimeForIt(String first, String second) throws IOException {
        var arguments = second == null ? new String[] {"embed", first} : new String[] {"embed", first, second};

        var ended = launch(libraries("13"), arguments);

        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.err()).isEqualTo("""
                        packhorse: ONNX Runtime for CUDA 13, by LD_LIBRARY_PATH; PACKHORSE_CUDA=12 or 13 says otherwise
                        packhorse: fetching ONNX Runtime for CUDA 13
                        mvnw --batch-mode --quiet --no-transfer-progress -DskipTests -Pcuda13 -pl cuda -am package
                        """);
        assertThat(ended.classPath()).endsWith(":" + home.resolve("cuda/target/cuda13") + "/*");
        assertThat(ended.out()).endsWith(arguments);
        assertThat(launch(Map.of("PACKHORSE_CUDA", "13"), arguments).err()).isEmpty(); // it is there
    }

    @ParameterizedTest
    @CsvSource({"--device=cpu,", "--device=auto,", "--device,cpu", "--input,--device", "--output,cuda"})
    void whoNamesNoneGetsNone(String first, String second) throws IOException {
        var ended = launch(libraries("13"), "embed", first, second == null ? "--resume" : second);

        assertThat(ended.err()).isEmpty();
        assertThat(ended.classPath()).doesNotContain("cuda");
    }

    @Test
    void theLoadersOwnListIsLookedAtNext() throws IOException {
        Files.writeString(folder.resolve("ldconfig.txt"), """
                        libcublasLt.so.12 (libc6,x86-64) => /usr/lib/libcublasLt.so.12
                        libcublasLt.so.11 (libc6,x86-64) => /usr/lib/libcublasLt.so.11
                """);

        assertThat(launch(Map.of(), "embed", "--device=cuda").err()).startsWith("""
                        packhorse: ONNX Runtime for CUDA 12, by ldconfig; PACKHORSE_CUDA=12 or 13 says otherwise
                        packhorse: fetching ONNX Runtime for CUDA 12
                        mvnw --batch-mode --quiet --no-transfer-progress -DskipTests -Pcuda12 -pl cuda -am package
                        """);
        assertThat(launch(libraries("13"), "embed", "--device=cuda").err())
                .startsWith("packhorse: ONNX Runtime for CUDA 13, by LD_LIBRARY_PATH;");
    }

    @Test
    void theEnvironmentSaysWhichCudaForAutoToo() throws IOException {
        var ended = launch(Map.of("PACKHORSE_CUDA", "12"), "embed");

        assertThat(ended.err()).startsWith("packhorse: fetching ONNX Runtime for CUDA 12\n");
        assertThat(ended.classPath()).endsWith("/cuda/target/cuda12/*");
        assertThat(launch(Map.of("PACKHORSE_CUDA", "12"), "embed", "--device", "cpu")
                        .classPath())
                .doesNotContain("cuda12");
    }

    @Test
    void anotherCudaIsRefused() throws IOException {
        var ended = launch(Map.of("PACKHORSE_CUDA", "11"), "embed");

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err())
                .isEqualTo("packhorse: expected PACKHORSE_CUDA=12 or PACKHORSE_CUDA=13, found PACKHORSE_CUDA=11\n");
        assertThat(ended.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"0 1 7|[\"0\", \"1\", \"7\"]", "0|[\"0\"]", "''|[]"})
    void sparkIsToldOfGpus(String numbers, String addresses) throws Exception {
        script(
                folder.resolve("bin/nvidia-smi"),
                "#!/bin/sh\necho \"$*\" > '%s'\nfor n in %s; do echo $n; done\n"
                        .formatted(folder.resolve("asked"), numbers));
        var builder = new ProcessBuilder(
                        Repository.root().resolve("conf/find-gpus.sh").toString())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().put("PATH", folder.resolve("bin") + ":/usr/bin:/bin");
        var process = builder.start();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(folder.resolve("err")).hasContent("");
        assertThat(folder.resolve("out")).hasContent("{\"name\": \"gpu\", \"addresses\": " + addresses + "}");
        assertThat(folder.resolve("asked")).hasContent("--query-gpu=index --format=csv,noheader");
    }
}
