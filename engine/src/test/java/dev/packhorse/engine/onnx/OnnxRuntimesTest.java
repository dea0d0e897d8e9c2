package dev.packhorse.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In processes of their own, for each loads one set of libraries; a real build for GPUs is tested in the module cuda. */
class OnnxRuntimesTest {

    @TempDir
    Path folder;

    private Path temporary;

    @BeforeAll
    static void onLinux() {
        assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "needs Linux on x86-64, for which ONNX Runtime's builds for GPUs are");
    }

    @BeforeEach
    void inAFolder() throws IOException {
        temporary = Files.createDirectory(folder.resolve("temporary"));
    }

    /** What it prints at its first try; at the second it prints the same. */
    private String loaded(List<String> options, Path... jars) throws IOException, InterruptedException {
        var classPath = new ArrayList<>(
                List.of(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
        for (var jar : jars) {
            classPath.add(jar.toString());
        }
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Djava.io.tmpdir=" + temporary);
        command.addAll(options);
        command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath), LoadOnnxRuntime.class.getName()));
        var out = folder.resolve("out").toFile();
        var process = new ProcessBuilder(command)
                .redirectOutput(out)
                .redirectError(folder.resolve("err").toFile())
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue())
                .as(Files.readString(folder.resolve("err")))
                .isZero();
        var lines = Files.readAllLines(out.toPath());
        assertThat(lines).hasSize(2);
        assertThat(lines.get(1)).isEqualTo(lines.get(0));
        return lines.get(0);
    }

    /** Of ours: ONNX Runtime has a folder of its own. */
    private void assertNothingCopied() throws IOException {
        try (var files = Files.list(temporary)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .noneMatch(name -> name.startsWith("packhorse"));
        }
    }

    private static String version() {
        return NativeJars.find().classes().version().orElseThrow();
    }

    @Test
    void withoutABuildForGpusItIsThatOfTheJavaClasses() throws Exception {
        assertThat(loaded(List.of())).isEqualTo("loaded " + version());
        assertNothingCopied();
    }

    @Test
    void aFolderThatSomebodyNamesIsTaken() throws Exception {
        var libraries = Files.createDirectory(folder.resolve("libraries"));
        for (var name : List.of(NativeJar.RUNTIME, NativeJar.JNI)) {
            try (var in =
                    NativeJars.find().classes().url(NativeJar.FOLDER + name).openStream()) {
                Files.copy(in, libraries.resolve(name));
            }
        }

        assertThat(loaded(List.of("-Donnxruntime.native.path=" + libraries))).isEqualTo("loaded " + version());
    }

    @Test
    void aFolderWithoutLibrariesIsNamed() throws Exception {
        var nothing = Files.createDirectory(folder.resolve("nothing"));

        assertThat(loaded(List.of("-Donnxruntime.native.path=" + nothing)))
                .isEqualTo(
                        "expected native libraries of ONNX Runtime that load, from %1$s, found java.io.IOException: Native library 'onnxruntime' not found at %1$s/libonnxruntime.so"
                                .formatted(nothing));
    }

    @Test
    void librariesThatDoNotLoadAreNamedAndLeaveNothing() throws Exception {
        var gpu = new FakeJars(folder).cuda13("gpu.jar", "version=%s-1.5.14\n".formatted(version()));

        assertThat(loaded(List.of(), gpu))
                .matches(
                        "expected native libraries of ONNX Runtime that load, from %s \\(CUDA 13, %s\\), found java.lang.UnsatisfiedLinkError: %s/packhorse-onnxruntime-\\d+/libonnxruntime.so: .*(file too short|invalid ELF header).*"
                                .formatted(gpu, version(), temporary));
        assertNothingCopied();
    }

    @Test
    void aClashIsNamedBeforeAnythingIsLoaded() throws Exception {
        var jars = new FakeJars(folder);

        assertThat(loaded(
                        List.of(),
                        jars.cuda12("cuda12.jar", version()),
                        jars.cuda13("cuda13.jar", "version=%s-1.5.14\n".formatted(version()))))
                .startsWith("expected one build of ONNX Runtime for GPUs on the class path, found ");
        assertNothingCopied();
    }
}
