package dev.packhorse.udf.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.Placement;
import dev.packhorse.engine.contract.Condition;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.Models;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import dev.packhorse.udf.resident.GpuProbe;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Where a run computes, and in what, by what its driver knows of GPUs. */
class EngineChoiceTest {

    private static final Model MODEL = Models.find(Fixtures.tinyBert().toString());
    private static final Placement CPU = new Placement(new Device.Cpu());
    private static final Device CUDA = new Device.Gpu(List.of());
    private static final Condition OLD = FakeGpus.OLD;

    private static OptionValues options(String... namesAndTexts) {
        var given = new HashMap<String, List<String>>();
        for (var i = 0; i < namesAndTexts.length; i += 2) {
            given.put(namesAndTexts[i], List.of(namesAndTexts[i + 1]));
        }
        return OptionValues.read(EncodeOptions.ALL, Map.of(), given);
    }

    private static EngineChoice choice(GpuProbe gpus, String... options) {
        EngineChoice.check(options(options), MODEL);
        return EngineChoice.of(options(options), MODEL, gpus);
    }

    @Test
    void theCpuIsTheCpuWhateverThereIs() {
        var choice = choice(FakeGpus.GOOD, "device", "cpu", "precision", "float32");

        assertThat(choice.placement()).isEqualTo(CPU);
        assertThat(choice.settings(MODEL).device()).isEqualTo(new Device.Cpu());
    }

    @Test
    void autoTakesAGpuThatIsThereInFloat16() {
        var choice = choice(FakeGpus.GOOD);

        assertThat(choice.placement()).isEqualTo(new Placement(CUDA));
        assertThat(choice.precision()).isEqualTo(Precision.FLOAT16);
    }

    /** An executor whose GPU does not work can compute the same on its CPU. */
    @Test
    void inFloat32AnExecutorMayComputeOnItsCpu() {
        var choice = choice(FakeGpus.GOOD, "precision", "float32");

        assertThat(choice.placement()).isEqualTo(new Placement(CUDA, true, ""));
        assertThat(choice(FakeGpus.GOOD, "precision", "float32", "device", "cuda")
                        .placement())
                .isEqualTo(new Placement(CUDA));
    }

    @Test
    void whereThereIsNoGpuAutoSaysNothingOfIt() {
        var choice = choice(FakeGpus.NONE);

        assertThat(choice.placement()).isEqualTo(CPU);
        assertThat(choice.precision()).isIn(Precision.FLOAT32, Precision.BFLOAT16);
    }

    @Test
    void whereAGpuIsThereThatCannotBeUsedAutoSaysWhy() {
        var choice = choice(FakeGpus.BAD, "precision", "float32");

        assertThat(choice.placement())
                .isEqualTo(Placement.onCpuFor("--device auto: on the CPU, though there is a GPU, for " + OLD));
        assertThat(choice.settings(MODEL).placement()).isEqualTo(choice.placement());
    }

    /** int8 is for CPUs: that a GPU is there does not make it an error. */
    @Test
    void whatNoGpuComputesIsComputedOnTheCpuAndAutoSaysSo() {
        assertThat(choice(FakeGpus.GOOD, "precision", "int8").placement().reason())
                .isEqualTo("--device auto: on the CPU, though there is a GPU, for --device cuda --path auto --precision"
                        + " int8: expected a model for the fast path, found tiny-bert: precision: expected float16 or"
                        + " float32 on a GPU, found int8; and not for the slow one, for precision: expected float32, in"
                        + " which ONNX Runtime computes here, found int8");
        assertThatThrownBy(() -> choice(FakeGpus.GOOD, "precision", "int8", "device", "cuda"))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("--device cuda --path auto --precision int8: expected ");
    }

    @Test
    void aGpuThatWasAskedForAndIsNotThereStopsTheRun() {
        assertThatThrownBy(() -> choice(FakeGpus.BAD, "device", "cuda:1"))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--device cuda:1: expected a GPU that ONNX Runtime can use, found none: it is old; --device auto"
                                + " takes a GPU where there is one, and --device cpu none");
        assertThat(choice(FakeGpus.GOOD, "device", "cuda:1").placement()).isEqualTo(new Placement(new Device.Gpu("1")));
    }

    @Test
    void float16WithoutAGpuStopsTheRunWithTheReason() {
        var refused = "--path auto --precision float16: expected a model for the fast path, found tiny-bert: precision:"
                + " expected bfloat16, int8 or float32 on a CPU, for float16 is for GPUs, found float16; and not for the"
                + " slow one, for precision: expected float32, in which ONNX Runtime computes here, found float16";
        assertThat(choice(FakeGpus.GOOD, "precision", "float16").placement()).isEqualTo(new Placement(CUDA));
        assertThatThrownBy(() -> choice(FakeGpus.NONE, "precision", "float16"))
                .isInstanceOf(ModelException.class)
                .hasMessage(refused);
        assertThatThrownBy(() -> choice(FakeGpus.BAD, "precision", "float16"))
                .isInstanceOf(ModelException.class)
                .hasMessage(refused + "; and --device auto: on the CPU, though there is a GPU, for " + OLD);
        assertThatThrownBy(() -> EngineChoice.check(options("precision", "float16", "device", "cpu"), MODEL))
                .isInstanceOf(ModelException.class)
                .hasMessage(refused);
    }

    @Test
    void whatNoDeviceCanDoIsFoundBeforeAnybodyIsAsked() {
        assertThatThrownBy(() -> EngineChoice.check(options("path", "slow", "precision", "int8"), MODEL))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "--path slow: expected its conditions to be met, found: precision: expected float32, in which"
                                + " ONNX Runtime computes here, found int8");
    }

    /** Those of this machine, whatever they are; one that no machine has is not there. */
    @Test
    void aRunInThisProcessAsksThisMachine() {
        assertThatThrownBy(() -> choice(GpuProbe.here(), "device", "cuda:1234"))
                .isInstanceOf(OptionException.class)
                .hasMessageStartingWith("--device cuda:1234: expected a GPU ");
        assertThat(GpuProbe.here().unmet(new Device.Gpu("1234"))).isNotEqualTo(Optional.empty());
    }
}
