package dev.packhorse.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import dev.packhorse.engine.onnxgraph.Dimension;
import dev.packhorse.engine.onnxgraph.ElementType;
import dev.packhorse.engine.onnxgraph.GraphBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real jars: the one that the engine brings, and beside it a build for GPUs. */
class GpuBuildTest {

    @TempDir
    Path root;

    @BeforeAll
    static void assume() {
        GpuMachine.assume();
    }

    @Test
    void itsLibrariesAreTheOnlyOnesInTheProcess() throws IOException {
        OnnxRuntimes.environment();

        List<String> mapped;
        try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
            mapped = lines.filter(line -> line.contains("libonnxruntime"))
                    .map(line -> line.substring(line.indexOf('/')))
                    .distinct()
                    .toList();
        }
        assertThat(mapped.stream().map(Path::of).map(Path::getParent).distinct())
                .singleElement()
                .satisfies(folder -> assertThat(folder.getFileName().toString()).startsWith("packhorse-onnxruntime-"));
        assertThat(mapped).anySatisfy(file -> assertThat(file).endsWith("/libonnxruntime.so"));
    }

    @Test
    void itIsOfTheJavaClassesVersionAndKnowsCuda() {
        var loaded = OnnxRuntimes.loaded();

        assertThat(loaded.gpu().flatMap(NativeJar::build)).contains(GpuMachine.build());
        assertThat(loaded.gpu().flatMap(NativeJar::version))
                .contains(loaded.environment().getVersion());
        assertThat(OrtEnvironment.getAvailableProviders()).contains(OrtProvider.CUDA, OrtProvider.CPU);
        assertThat(System.getProperty("onnxruntime.native.path")).isNull();
    }

    /** And is loaded only as far as the machine lets it: what is missing is told by name. */
    @Test
    void itsProviderNamesTheLibraryThatIsMissing() throws IOException {
        assumeTrue(CudaSupport.missing().isPresent(), "needs a machine without CUDA");
        Files.createDirectory(root.resolve("dev"));
        Files.createFile(root.resolve("dev/nvidia0"));

        var missing = CudaSupport.check(new GpuDevices(root, Optional.empty())).missing();

        assertThat(missing).hasValueSatisfying(message -> assertThat(message)
                .startsWith("expected the libraries of %s and cuDNN 9, which /"
                        .formatted(GpuMachine.build().cuda()))
                .containsPattern(
                        "needs, found: lib[\\w.]+\\.so\\.\\d+: cannot open shared object file: No such file or directory;")
                .endsWith("or take the build for another CUDA"));
    }

    @Test
    void aMachineWithoutGpusIsTold() {
        assumeTrue(CudaSupport.devices() == 0, "needs a machine without GPUs");

        assertThat(CudaSupport.missing()).hasValueSatisfying(message -> assertThat(message)
                .startsWith("expected a GPU of NVIDIA's that this process may use, found none: "));
    }

    /** Where there is one, and CUDA. */
    @Test
    void aGraphRunsOnEachGpu() throws OrtException {
        var missing = CudaSupport.missing();
        assumeTrue(missing.isEmpty(), missing.orElse(""));
        var graph = new GraphBuilder("twice");
        var x = graph.input("x", ElementType.FLOAT, Dimension.of(2));
        graph.output("y", graph.node("Add", List.of(x, x)), ElementType.FLOAT, Dimension.of(2));

        for (var gpu = 0; gpu < CudaSupport.devices(); gpu++) {
            assertThat(CudaSupport.missing(gpu)).isEmpty();
            var environment = OnnxRuntimes.environment();
            try (var options = OnnxRuntimes.options()) {
                CudaSupport.addTo(options, gpu);
                try (var session = environment.createSession(graph.toBytes(8, Map.of("", 17)), options);
                        var tensor = OnnxTensor.createTensor(environment, new float[] {1, 2});
                        var result = session.run(Map.of("x", tensor))) {
                    assertThat((float[]) result.get(0).getValue()).containsExactly(2, 4);
                }
            }
        }
    }
}
