package dev.packhorse.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.EncoderException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeJarsTest {

    private static final String PROPERTIES = "version=1.28.0-1.5.14\n";

    @TempDir
    Path folder;

    private FakeJars jars;

    @BeforeEach
    void inAFolder() {
        jars = new FakeJars(folder);
    }

    /** What is found with these jars, in this order, the first of which has the Java classes. */
    private static NativeJars found(Path... classPath) throws IOException {
        try (var loader = FakeJars.loader(classPath)) {
            return NativeJars.find(loader.getResource(FakeJars.CLASS), List.of(loader));
        }
    }

    private static Optional<NativeJar> gpu(Path... classPath) throws IOException {
        return found(classPath).gpu(Map.of());
    }

    private static Optional<Path> place(Optional<NativeJar> jar) {
        return jar.map(found -> Path.of(found.place()));
    }

    private static void assertRefused(String message, Path... classPath) throws IOException {
        var found = found(classPath);
        assertThatThrownBy(() -> found.gpu(Map.of()))
                .isInstanceOf(EncoderException.class)
                .hasMessage(message);
    }

    @Test
    void aJobJarAloneHasNone() throws IOException {
        var job = jars.cpu("packhorse.jar", "1.28.0");

        assertThat(found(job).classes().version()).contains("1.28.0");
        assertThat(gpu(job)).isEmpty();
    }

    /** The tag in the real one, which {@code FakeJars} imitates. */
    @Test
    void theVersionStandsInMicrosoftsLibrary() {
        var found = NativeJars.find();

        assertThat(found.classes().version())
                .hasValueSatisfying(version -> assertThat(version).matches("\\d+\\.\\d+\\.\\d+"));
        assertThat(found.classes().place())
                .contains("onnxruntime-" + found.classes().version().get());
        assertThat(found.gpu(Map.of())).isEmpty();
    }

    @Test
    void whatABuildForGpusHasIsTakenWithTheLibraryOfTheJavaClasses() throws IOException {
        var job = jars.cpu("packhorse.jar", "1.28.0");
        var both = Map.of(
                jars.cuda12("onnxruntime_gpu-1.28.0.jar", "1.28.0"),
                List.of("VERS_1.28.0", "jni 1.28.0", "shared 12", "provider 12"),
                jars.cuda13("onnxruntime-1.28.0-1.5.14-linux-x86_64-gpu.jar", PROPERTIES),
                List.of("runtime 13", "jni 1.28.0", "shared 13", "provider 13"));
        for (var build : both.entrySet()) {
            var found = found(job, build.getKey());

            var gpu = found.gpu(Map.of("java.io.tmpdir", "/tmp"));
            assertThat(place(gpu)).contains(build.getKey());
            var files = found.files(gpu.orElseThrow());
            assertThat(files.keySet())
                    .containsExactly(
                            "libonnxruntime.so",
                            "libonnxruntime4j_jni.so",
                            "libonnxruntime_providers_shared.so",
                            "libonnxruntime_providers_cuda.so");
            var expected = build.getValue().iterator();
            for (var url : files.values()) {
                try (var in = url.openStream()) {
                    assertThat(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1))
                            .contains(expected.next());
                }
            }
            assertThat(files.get("libonnxruntime4j_jni.so").toString()).contains("packhorse.jar");
        }
    }

    /** Microsoft's jar in front of the job jar, or in place of the one for CPUs. */
    @Test
    void theJavaClassesMayComeWithTheBuildForGpus() throws IOException {
        var gpu = jars.cuda12("onnxruntime_gpu-1.28.0.jar", "1.28.0");

        assertThat(place(gpu(gpu, jars.cpu("packhorse.jar", "1.28.0")))).contains(gpu);
        assertThat(place(gpu(gpu))).contains(gpu);
    }

    /** Spark copies what {@code --jars} names for each process, the driver's too, which has the first already. */
    @Test
    void aSecondCopyIsNoSecondBuild() throws IOException {
        var job = jars.cpu("packhorse.jar", "1.28.0");
        var gpu = jars.cuda13("gpu.jar", PROPERTIES);
        var folderOfSparks = Files.createDirectory(folder.resolve("userFiles"));
        var copies =
                Stream.of(job, gpu).map(file -> copied(file, folderOfSparks)).toArray(Path[]::new);
        try (var parent = FakeJars.loader(job, gpu);
                var tasks = FakeJars.loader(copies)) {
            var found = NativeJars.find(parent.getResource(FakeJars.CLASS), List.of(parent, tasks, parent));

            assertThat(found.others()).hasSize(3);
            assertThat(place(found.gpu(Map.of()))).contains(gpu);
        }
    }

    private static Path copied(Path file, Path folder) {
        try {
            return Files.copy(file, folder.resolve(file.getFileName()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void twoBuildsForGpusAreNamed() throws IOException {
        var job = jars.cpu("packhorse.jar", "1.28.0");
        var cuda12 = jars.cuda12("onnxruntime_gpu-1.28.0.jar", "1.28.0");
        var cuda13 = jars.cuda13("onnxruntime-1.28.0-1.5.14-linux-x86_64-gpu.jar", PROPERTIES);
        var older = jars.cuda12("older.jar", "1.27.0");

        assertRefused(
                "expected one build of ONNX Runtime for GPUs on the class path, found %s (CUDA 12, 1.28.0) and %s (CUDA 13, 1.28.0); take all but one off it"
                        .formatted(cuda12, cuda13),
                job,
                cuda13,
                cuda12);
        assertRefused(
                "expected one build of ONNX Runtime for GPUs on the class path, found %s (CUDA 12, 1.28.0) and %s (CUDA 12, 1.27.0); take all but one off it"
                        .formatted(cuda12, older),
                job,
                cuda12,
                older);
    }

    @Test
    void aBuildOfAnotherVersionThanTheJavaClassesIsNamed() throws IOException {
        var job = jars.cpu("packhorse.jar", "1.28.0");
        for (var other : List.of(
                jars.cuda12("gpu.jar", "1.27.0"),
                jars.cuda13("bytedeco.jar", "version=1.27.0-1.5.13\n"),
                jars.cuda13("onnxruntime-1.27.0-1.5.13-linux-x86_64-gpu.jar", ""),
                jars.cpu("cpu.jar", "1.27.0"))) {
            assertRefused(
                    "expected ONNX Runtime 1.28.0, whose Java classes are those in %s, found 1.27.0 in %s; take one of the two off the class path, or bring them in one version"
                            .formatted(job, other),
                    job,
                    other);
        }
    }

    /** Spark itself, or another library, may bring Java classes that are found before ours. */
    @Test
    void otherJavaClassesInFrontAreNamed() throws IOException {
        var job = jars.cpu("packhorse.jar", "1.28.0");
        var front = jars.cuda12("front.jar", "1.20.0");

        assertRefused(
                "expected ONNX Runtime 1.20.0, whose Java classes are those in %s, found 1.28.0 in %s; take one of the two off the class path, or bring them in one version"
                        .formatted(front, job),
                front,
                job);
    }

    /** Not a reason to refuse: ONNX Runtime looks at its libraries' versions itself. */
    @Test
    void aVersionThatNothingTellsIsLetPass() throws IOException {
        var job = jars.cpu("packhorse.jar", "1.28.0");
        var gpu = jars.cuda13("gpu.jar", "version=unknown\n");
        var classesAlone = jars.jar("classes.jar", Map.of(FakeJars.CLASS, "a class"));

        assertThat(place(gpu(job, gpu, classesAlone))).contains(gpu);
        assertThat(place(gpu(classesAlone, gpu, job))).contains(gpu);
    }

    @Test
    void aFolderThatSomebodyNamesBesidesIsRefused() throws IOException {
        var gpu = jars.cuda13("gpu.jar", PROPERTIES);
        var found = found(jars.cpu("packhorse.jar", "1.28.0"), gpu);

        assertThatThrownBy(() -> found.gpu(Map.of("java.io.tmpdir", "/tmp", "onnxruntime.native.path", "/opt/ort")))
                .isInstanceOf(EncoderException.class)
                .hasMessage(
                        "expected one set of ONNX Runtime's native libraries, found -Donnxruntime.native.path=/opt/ort and %s (CUDA 13, 1.28.0); leave out one of them"
                                .formatted(gpu));
        assertThat(found(jars.cpu("packhorse.jar", "1.28.0")).gpu(Map.of("onnxruntime.native.path", "/opt/ort")))
                .isEmpty();
    }

    /** Bytedeco's own jar of Java classes, say. */
    @Test
    void theLibraryOfTheJavaClassesIsMissed() throws IOException {
        var classes = jars.jar("classes.jar", Map.of(FakeJars.CLASS, "a class"));
        var gpu = jars.cuda13("gpu.jar", PROPERTIES);
        try (var loader = FakeJars.loader(classes, gpu)) {
            var found = NativeJars.find(loader.getResource(FakeJars.CLASS), List.of(loader));
            var build = found.gpu(Map.of()).orElseThrow();

            assertThatThrownBy(() -> found.files(build))
                    .isInstanceOf(EncoderException.class)
                    .hasMessage(
                            "expected ai/onnxruntime/native/linux-x64/libonnxruntime4j_jni.so beside the Java classes of ONNX Runtime, found none in %s; add com.microsoft.onnxruntime:onnxruntime to the class path"
                                    .formatted(classes));
        }
    }

    @Test
    void aPathMayHaveSpaces() throws IOException {
        var gpu = jars.cuda13("a name with spaces & more.jar", PROPERTIES);

        assertThat(place(gpu(jars.cpu("packhorse.jar", "1.28.0"), gpu))).contains(gpu);
    }
}
