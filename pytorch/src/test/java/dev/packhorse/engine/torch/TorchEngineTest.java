package dev.packhorse.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Closeness;
import dev.packhorse.engine.Embedded;
import dev.packhorse.engine.Engine;
import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.NestedMachine;
import dev.packhorse.engine.PathChoice;
import dev.packhorse.engine.Paths;
import dev.packhorse.engine.TorchFixtures;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFolder;
import dev.packhorse.engine.tokenize.TokenizedText;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts through all of an engine, and the engine's choice. */
class TorchEngineTest {

    @TempDir
    Path parent;

    @BeforeAll
    static void assume() {
        Natives.assume();
    }

    private static Engine open(Model model, PathChoice path) {
        return Engine.open(new EngineSettings(model, Precision.FLOAT32, path, 1024, 1));
    }

    private static float[][] embed(Engine engine) {
        var rows = Fixtures.texts().stream()
                .map(engine::tokenize)
                .map(TokenizedText::ids)
                .toList();
        return Stream.of(engine.embed(rows, (r, t, c, n) -> {}))
                .map(answer -> ((Embedded.Vector) answer).values())
                .toArray(float[][]::new);
    }

    private static void assertReference(float[][] vectors) {
        assertThat(Closeness.worst(Fixtures.reference("tiny-bert").vectors(), vectors)
                        .difference())
                .isLessThanOrEqualTo(1e-5);
    }

    @Test
    void aModelOfNothingElseTakesItWithoutBeingAsked() {
        var model = ModelFolder.read(TorchFixtures.alone("tiny-bert", parent));
        try (var engine = open(model, PathChoice.AUTO)) {
            assertThat(engine.info().name()).isEqualTo("pytorch-padded");
            assertThat(engine.info().reason())
                    .startsWith("PyTorch, for weights: expected a safetensors or ONNX file, found only"
                            + " torchscript/model.pt; inputs by name: ");
            assertReference(embed(engine));
        }
        try (var reference = Engine.openReference(model)) {
            assertThat(reference.info().name()).isEqualTo("pytorch-padded");
        }
    }

    @Test
    void whereThereAreOtherWeightsItIsTakenIfAskedFor() {
        var model = ModelFolder.read(TorchFixtures.beside(TorchFixtures.bytes("tiny-bert"), parent));
        assertThat(Paths.unmetByTorch(model, Precision.FLOAT32, new Device.Cpu()))
                .isEmpty();
        try (var engine = open(model, PathChoice.PYTORCH)) {
            assertThat(engine.info().name()).isEqualTo("pytorch-padded");
            assertThat(engine.info().reason()).startsWith("PyTorch: asked for; inputs by name: ");
        }
        try (var engine = open(model, PathChoice.AUTO);
                var reference = Engine.openReference(model)) {
            assertThat(engine.info().name()).isNotEqualTo("pytorch-padded");
            assertThat(reference.info().name()).isEqualTo("onnxruntime-padded");
        }
    }

    /** Each brings an OpenMP of its own, and oneDNN is in two of them. */
    @Test
    void allEncodersOfAProcessComputeBesideEachOther() throws InterruptedException, ExecutionException {
        NestedMachine.assume();
        var model = ModelFolder.read(TorchFixtures.beside(TorchFixtures.bytes("tiny-bert"), parent));
        var threads = Executors.newFixedThreadPool(6);
        try (var fast = open(model, PathChoice.FAST);
                var slow = open(model, PathChoice.SLOW);
                var torch = open(model, PathChoice.PYTORCH)) {
            var work = Stream.of(fast, slow, torch, torch, fast, slow)
                    .<Callable<float[][]>>map(engine -> () -> embed(engine))
                    .toList();
            for (var round = 0; round < 5; round++) {
                for (var vectors : threads.invokeAll(work)) {
                    assertReference(vectors.get());
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
