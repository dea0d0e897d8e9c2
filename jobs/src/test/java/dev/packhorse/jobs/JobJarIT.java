package dev.packhorse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is in the job jar, and above all what is not. */
class JobJarIT {

    private static Set<String> jobClasses;
    private static Set<String> jobEntries;

    @BeforeAll
    static void list() {
        jobEntries = entries(JobProcess.JAR);
        jobClasses = classes(jobEntries);
    }

    private static Set<String> entries(Path jar) {
        try (var file = new JarFile(jar.toFile())) {
            return file.stream().map(ZipEntry::getName).collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> classes(Set<String> entries) {
        return entries.stream()
                .filter(name -> name.endsWith(".class") && !name.startsWith("META-INF"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void noClassOfSparksOwnClassPathIsInIt() throws IOException {
        var sparks = new HashSet<String>();
        try (var jars = Files.list(JobProcess.SPARK_HOME.resolve("jars"))) {
            jars.forEach(jar -> sparks.addAll(classes(entries(jar))));
        }

        assertThat(sparks).contains("org/apache/spark/SparkContext.class", "org/apache/arrow/vector/FieldVector.class");
        assertThat(jobClasses.stream().filter(sparks::contains)).isEmpty();
    }

    @Test
    void itHoldsPackhorseAndTheLibrariesThatSparkLacks() {
        var packages = jobClasses.stream()
                .map(name -> name.replaceFirst("^((?:[^/]+/){1,2}).*", "$1"))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(packages)
                .containsExactly("ai/djl/", "ai/onnxruntime/", "com/sun/", "dev/packhorse/", "org/bytedeco/");
        assertThat(jobClasses.stream().filter(name -> name.startsWith("com/sun/")))
                .allSatisfy(name -> assertThat(name).startsWith("com/sun/jna/"));
        assertThat(jobClasses).contains("dev/packhorse/shaded/picocli/CommandLine.class");
    }

    @Test
    void itHoldsTheNativeLibrariesTheModelAndTheLicences() {
        assertThat(jobEntries)
                .contains(
                        "ai/onnxruntime/native/linux-x64/libonnxruntime.so",
                        "ai/onnxruntime/native/linux-aarch64/libonnxruntime.so",
                        "ai/onnxruntime/native/osx-aarch64/libonnxruntime.dylib",
                        "ai/onnxruntime/native/win-x64/onnxruntime.dll",
                        "all-minilm-l6-v2.onnx",
                        "all-minilm-l6-v2-tokenizer.json",
                        "META-INF/LICENSE",
                        "ThirdPartyNotices.txt")
                .anySatisfy(name -> assertThat(name).matches("native/lib/linux-x86_64/.*/libtokenizers.so"));
    }

    @Test
    void ofTheChartsLibraryItHoldsWhatAPageNeedsAndTheLicence() {
        assertThat(jobEntries.stream().filter(name -> name.contains("webjars") && !name.endsWith("/")))
                .hasSize(2)
                .anySatisfy(name -> assertThat(name).endsWith("/dist/chart.umd.min.js"))
                .anySatisfy(name -> assertThat(name).endsWith("/LICENSE.md"));
    }

    @Test
    void itIsSignedByNobodyAndHasNoModuleOfAnother() {
        assertThat(jobEntries).noneSatisfy(name -> assertThat(name).matches("META-INF/.*\\.(SF|DSA|RSA)"));
        assertThat(jobEntries).noneSatisfy(name -> assertThat(name).endsWith("module-info.class"));
    }

    @Test
    void itNamesItsMainClassAndItsVersion() throws IOException {
        try (var jar = new JarFile(JobProcess.JAR.toFile())) {
            var manifest = jar.getManifest().getMainAttributes();

            assertThat(manifest.getValue("Main-Class")).isEqualTo("dev.packhorse.jobs.Packhorse");
            assertThat(manifest.getValue("Implementation-Version")).matches("\\d+\\.\\d+\\.\\d+.*");
        }
    }
}
