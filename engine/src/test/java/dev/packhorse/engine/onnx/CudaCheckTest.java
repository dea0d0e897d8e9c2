package dev.packhorse.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.packhorse.engine.contract.EncoderException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaCheckTest {

    private static final NativeJar CUDA_13 =
            new NativeJar("jar:file:/opt/gpu.jar!/", Optional.of(GpuBuild.CUDA_13), Optional.of("1.28.0"));

    @TempDir
    Path root;

    private final List<String> tried = new ArrayList<>();

    @BeforeEach
    void aMachineWithTwo() throws IOException {
        Files.createDirectory(root.resolve("dev"));
        Files.createFile(root.resolve("dev/nvidia0"));
        Files.createFile(root.resolve("dev/nvidia1"));
    }

    private CudaCheck check(Optional<String> visible, Supplier<Optional<NativeJar>> build, String load, String open) {
        return new CudaCheck(new GpuDevices(root, visible), build, new CudaCheck.Trial() {
            @Override
            public void load() throws OrtException {
                tried.add("load");
                fail(load);
            }

            @Override
            public void open(int index) throws OrtException {
                tried.add("open " + index);
                fail(open);
            }
        });
    }

    private static void fail(String message) throws OrtException {
        if (!message.isEmpty()) {
            throw new OrtException(message);
        }
    }

    @Test
    void nothingIsMissingWhereAllIsThere() {
        var check = check(Optional.empty(), () -> Optional.of(CUDA_13), "", "");

        assertThat(check.devices()).isEqualTo(2);
        assertThat(check.missing()).isEmpty();
        assertThat(check.missing(0)).isEmpty();
        assertThat(check.missing(1)).isEmpty();
        assertThat(check.missing(1)).isEmpty();
        assertThat(tried).containsExactly("load", "open 0", "open 1");
    }

    @Test
    void withoutAGpuNothingIsLoaded() {
        var check = check(
                Optional.of(""),
                () -> {
                    throw new AssertionError("no reason to look for it");
                },
                "",
                "");

        assertThat(check.missing())
                .contains("expected a GPU of NVIDIA's that this process may use, found none: 2 in /dev, and"
                        + " CUDA_VISIBLE_DEVICES=");
        assertThat(check.missing(0)).isEqualTo(check.missing());
        assertThat(tried).isEmpty();
    }

    @Test
    void withoutABuildForGpusBothAreNamed() {
        assertThat(check(Optional.empty(), Optional::empty, "", "").missing())
                .contains("expected a build of ONNX Runtime for GPUs on the class path, found none; on"
                        + " Linux x86-64 add com.microsoft.onnxruntime:onnxruntime_gpu for CUDA 12, or org.bytedeco:onnxruntime with the"
                        + " classifier linux-x86_64-gpu for CUDA 13");
        assertThat(tried).isEmpty();
    }

    @Test
    void aClashIsTheReason() {
        var check = check(
                Optional.empty(),
                () -> {
                    throw new EncoderException("expected one build, found two");
                },
                "",
                "");

        assertThat(check.missing()).contains("expected one build, found two");
    }

    @Test
    void aLibraryThatIsNotThereIsNamed() {
        var check = check(
                Optional.empty(),
                () -> Optional.of(CUDA_13),
                "Error code - ORT_FAIL - message: Failed to load library /tmp/libonnxruntime_providers_cuda.so with error:"
                        + " libcublasLt.so.13: cannot open shared object file: No such file or directory",
                "");

        assertThat(check.missing())
                .contains("expected the libraries of CUDA 13 and cuDNN 9, which /opt/gpu.jar needs, found:"
                        + " libcublasLt.so.13: cannot open shared object file: No such file or directory; install them, or"
                        + " name their folders in LD_LIBRARY_PATH, or take the build for another CUDA");
        assertThat(check.missing(0)).isEqualTo(check.missing());
        assertThat(tried).containsExactly("load");
    }

    @Test
    void anUnknownBuildsLibrariesAreThoseOfSomeCuda() {
        var folder = new NativeJar("/opt/ort", Optional.empty(), Optional.empty());

        assertThat(check(Optional.empty(), () -> Optional.of(folder), "no library", "")
                        .missing())
                .contains(
                        "expected the libraries of CUDA and cuDNN 9, which /opt/ort needs, found: no library; install them, or"
                                + " name their folders in LD_LIBRARY_PATH, or take the build for another CUDA");
    }

    @Test
    void aGpuThatIsNotThereIsNamed() {
        var check = check(Optional.of("1"), () -> Optional.of(CUDA_13), "", "");

        assertThat(check.missing(1))
                .contains("expected a GPU 1, found 1 that this process may use, numbered from 0: 2 in /dev, and"
                        + " CUDA_VISIBLE_DEVICES=1");
        assertThat(check.missing(-1)).isPresent();
        assertThat(tried).containsExactly("load");
    }

    @Test
    void aGpuOnWhichNoSessionOpensIsNamedWithTheReason() {
        var check = check(
                Optional.empty(),
                () -> Optional.of(CUDA_13),
                "",
                "CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version");

        assertThat(check.missing()).isEmpty();
        assertThat(check.missing(0))
                .contains("expected a GPU 0 on which ONNX Runtime opens a session, found: CUDA failure 35: CUDA driver"
                        + " version is insufficient for CUDA runtime version");
    }

    @Test
    void aGpuWithoutMemoryIsTriedAgain() {
        var check = check(
                Optional.empty(),
                () -> Optional.of(CUDA_13),
                "",
                "CUDA failure 2: out of memory ; GPU=0 ; hostname=node7");

        assertThat(check.missing(0))
                .contains(
                        "expected a GPU 0 on which ONNX Runtime opens a session, found: CUDA failure 2: out of memory ;"
                                + " GPU=0 ; hostname=node7");
        check.missing(0);
        assertThat(tried).containsExactly("load", "open 0", "open 0");
    }

    @Test
    void aGpuThatWasLostStaysSo() {
        var check = check(Optional.empty(), () -> Optional.of(CUDA_13), "", "");
        assertThat(check.missing(1)).isEmpty();
        check.lost(1, "cuda:1: it computes nothing more");
        assertThat(check.missing(1)).contains("cuda:1: it computes nothing more");
        assertThat(check.missing(0)).isEmpty();
    }
}
