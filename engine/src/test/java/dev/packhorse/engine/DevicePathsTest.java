package dev.packhorse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.Condition;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.families.Architecture;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFolder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What paths and precisions there are on a GPU, whether this machine has one or not. */
class DevicePathsTest {

    private static final Device CPU = new Device.Cpu();
    private static final Device CUDA = new Device.Gpu(List.of());
    private static final Model TINY = ModelFolder.read(Fixtures.tinyBert());

    @TempDir
    private Path folder;

    private static String refused(Model model, PathChoice path, Precision precision, Device device) {
        return Engine.ruledOut(model, path, precision, device).orElseThrow();
    }

    @Test
    void autoIsFloat16OnAGpuWhereTheFastPathIsTaken() {
        assertThat(PrecisionChoice.AUTO.on(TINY, PathChoice.AUTO, CUDA)).isEqualTo(Precision.FLOAT16);
        assertThat(PrecisionChoice.AUTO.on(TINY, PathChoice.FAST, CUDA)).isEqualTo(Precision.FLOAT16);
        assertThat(PrecisionChoice.AUTO.on(TINY, PathChoice.SLOW, CUDA)).isEqualTo(Precision.FLOAT32);
        assertThat(PrecisionChoice.AUTO.on(opaque(), PathChoice.AUTO, CUDA)).isEqualTo(Precision.FLOAT32);
        assertThat(PrecisionChoice.FLOAT16.on(TINY, PathChoice.AUTO, CPU)).isEqualTo(Precision.FLOAT16);
        // whose weights have other names than the family's
        var other = Changed.weights(TINY, TINY.architecture(), List.of());
        assertThat(PrecisionChoice.AUTO.on(other, PathChoice.AUTO, CUDA)).isEqualTo(Precision.FLOAT32);
    }

    private static Model opaque() {
        return Changed.weights(
                TINY, new Architecture.Opaque(List.of(new Condition("model_type", "one we know", "t5"))), List.of());
    }

    @ParameterizedTest
    @EnumSource
    void aGpuComputesInFloat16OrFloat32(Precision precision) {
        var conditions = Paths.ofFast(TINY, precision, CUDA);
        switch (precision) {
            case FLOAT32, FLOAT16 -> assertThat(conditions).isEmpty();
            case BFLOAT16, INT8 ->
                assertThat(conditions)
                        .extracting(Condition::toString)
                        .containsExactly("precision: expected float16 or float32 on a GPU, found " + precision.id());
        }
    }

    @Test
    void float16IsForGpus() {
        assertThatThrownBy(() -> Engine.checkChoice(TINY, PathChoice.FAST, Precision.FLOAT16, CPU))
                .isInstanceOf(ModelException.class)
                .hasMessage("--path fast --precision float16: expected a model for the fast path, found tiny-bert:"
                        + " precision: expected bfloat16, int8 or float32 on a CPU, for float16 is for GPUs, found float16;"
                        + " and not for the slow one, for precision: expected float32, in which ONNX Runtime computes"
                        + " here, found float16");
        assertThat(Engine.ruledOut(TINY, PathChoice.AUTO, Precision.FLOAT16, CUDA))
                .isEmpty();
    }

    @Test
    void whatNoGpuCanDoIsFoundBeforeAnythingIsLoaded() {
        assertThat(refused(TINY, PathChoice.AUTO, Precision.BFLOAT16, CUDA))
                .isEqualTo("--device cuda --path auto --precision bfloat16: expected a model for the fast path, found"
                        + " tiny-bert: precision: expected float16 or float32 on a GPU, found bfloat16; and not for the"
                        + " slow one, for precision: expected float32, in which ONNX Runtime computes here, found"
                        + " bfloat16");
        assertThat(refused(TINY, PathChoice.SLOW, Precision.FLOAT16, CUDA))
                .isEqualTo(
                        "--path slow: expected its conditions to be met, found: precision: expected float32, in which"
                                + " ONNX Runtime computes here, found float16");
    }

    @Test
    void pyTorchIsForCpus() {
        var model = ModelFolder.read(TorchFixtures.beside(TorchFixtures.bytes("tiny-bert"), folder));
        assertThat(refused(model, PathChoice.PYTORCH, Precision.FLOAT32, CUDA))
                .isEqualTo("--path pytorch: expected its conditions to be met, found: device: expected cpu, for PyTorch"
                        + " runs on the CPU here, found cuda");
        assertThat(Engine.ruledOut(model, PathChoice.PYTORCH, Precision.FLOAT32, CPU))
                .isEmpty();
    }

    /** A number that no machine has. */
    @Test
    void aGpuThatIsNotThereIsInTheWayOfEachPath() {
        var none = new Device.Gpu("1234");
        var unmet = Paths.unmetOn(none).orElseThrow();
        assertThat(Paths.unmetByFast(TINY, Precision.FLOAT16, none)).containsExactly(unmet);
        assertThat(Paths.unmetBySlow(TINY, Precision.FLOAT32, none)).containsExactly(unmet);
        assertThat(Paths.unmetOn(CPU)).isEmpty();
    }
}
