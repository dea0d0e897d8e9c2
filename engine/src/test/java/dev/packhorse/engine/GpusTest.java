package dev.packhorse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.Condition;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.ModelFolder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GpusTest {

    private static final Device.Gpu ALL = new Device.Gpu(List.of());

    private static final String ELSE = "; --device auto takes a GPU where there is one, and --device cpu none";

    private static Gpus machine(int count) {
        return new Gpus(Optional::empty, () -> count, number -> Optional.empty());
    }

    private static Gpus without(String why) {
        return new Gpus(
                () -> Optional.of(why),
                () -> {
                    throw new AssertionError("asked how many");
                },
                number -> Optional.of(why));
    }

    private static Device.Gpu named(String... addresses) {
        return new Device.Gpu(List.of(addresses));
    }

    @Test
    void noAddressMeansAllOfTheMachine() {
        assertThat(machine(3).numbers(ALL)).containsExactly(0, 1, 2);
        assertThat(machine(12).numbers(named("10", "2", "10"))).containsExactly(2, 10);
    }

    @Test
    void aGpuThatIsNotThereIsAnErrorThatSaysWhichAre() {
        assertThatThrownBy(() -> machine(1).numbers(named("1")))
                .isInstanceOf(EncoderException.class)
                .hasMessage("--device cuda:1: expected a GPU 1 on this machine, found 1 GPU (0)" + ELSE);
        assertThatThrownBy(() -> machine(2).numbers(named("0", "7")))
                .hasMessage("--device cuda:0,7: expected a GPU 7 on this machine, found 2 GPUs (0, 1)" + ELSE);
        assertThatThrownBy(() -> machine(0).numbers(ALL))
                .hasMessage("--device cuda: expected a GPU 0 on this machine, found none" + ELSE);
    }

    @Test
    void aProcessThatCanUseNoneSaysWhy() {
        assertThatThrownBy(() -> without("it is a test").numbers(ALL))
                .isInstanceOf(EncoderException.class)
                .hasMessage("--device cuda: expected a GPU that ONNX Runtime can use, found none: it is a test" + ELSE);
        assertThat(without("it is a test").unmet(named("1")))
                .get()
                .hasToString("cuda: expected a GPU that ONNX Runtime can use, found none: it is a test");
    }

    @Test
    void oneThatCannotBeUsedBesideOthersThatCanSaysWhy() {
        var gpus =
                new Gpus(Optional::empty, () -> 2, number -> number == 1 ? Optional.of("it is old") : Optional.empty());
        assertThat(gpus.unmet(named("0"))).isEmpty();
        assertThat(gpus.unmet(ALL)).get().hasToString("cuda: expected a GPU 1 to use, found none: it is old");
    }

    /** As scripts print that list GPUs otherwise than Spark's own. */
    @Test
    void addressesThatAreNoNumbersAreNamed() {
        assertThatThrownBy(() -> machine(2).numbers(named("0", "GPU-3f2a")))
                .isInstanceOf(EncoderException.class)
                .hasMessage("--device cuda:0,GPU-3f2a: expected GPUs by their numbers, found 'GPU-3f2a'; let Spark's"
                        + " discovery script print indices" + ELSE);
    }

    @Test
    void settingsThatMayFallBackToTheCpuDoWhereTheyMust() {
        var settings =
                new EngineSettings(ModelFolder.read(Fixtures.tinyBert()), Precision.FLOAT32, PathChoice.AUTO, 256, 1);
        var may = settings.placed(new Placement(named("1"), true, ""));
        var must = settings.placed(new Placement(named("1")));

        assertThat(machine(2).orCpu(may)).isSameAs(may);
        assertThat(machine(1).orCpu(may))
                .isEqualTo(settings.placed(Placement.onCpuFor("bound to cuda:1, not on it, for "
                        + new Condition("cuda", "a GPU 1 on this machine", "1 GPU (0)"))));
        assertThat(machine(1).orCpu(must)).isSameAs(must);
        assertThat(without("it is a test").orCpu(settings)).isSameAs(settings);
    }
}
