package dev.packhorse.udf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.Placement;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.udf.metrics.ExecutorReport;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tasks that are to compute on a GPU which their executor has not, as the driver could not know: a number that no machine has. */
class PlacedEmbeddingTest extends EmbeddingFixture {

    private static final List<String> TEXTS = List.of("a mule", "two mules", "a longer text of mules");

    private static EngineSettings onNoSuchGpu(boolean orCpu) {
        return TinyBert.freshSettings().placed(new Placement(new Device.Gpu("1234"), orCpu, ""));
    }

    /** Were it taken for the fault of rows, there would be as many errors as texts. */
    @Test
    void aGpuThatIsNotThereEndsTheRunAndMakesNoErrorRows() {
        for (var way : Way.values()) {
            assertThatThrownBy(() -> run(settings(onNoSuchGpu(false), 10), way, rows(TEXTS), 2))
                    .rootCause()
                    .isInstanceOf(EncoderException.class)
                    .hasMessageStartingWith("--device cuda:1234: expected a GPU ");
        }
    }

    @Test
    void whereTheCpuWillDoItDoesAndTheReportSaysWhy() {
        var expected = run(settings(ENGINE, 10), Way.WINDOWED, rows(TEXTS), 2).vectorsById();
        for (var way : Way.values()) {
            var result = run(settings(onNoSuchGpu(true), 10), way, rows(TEXTS), 2);

            assertThat(result.vectorsById()).isEqualTo(expected);
            assertThat(result.report().executors().values())
                    .flatExtracting(ExecutorReport::encoders)
                    .singleElement()
                    .asString()
                    .contains(" on cpu, ", "; bound to cuda:1234, not on it, for cuda: expected a GPU ");
        }
    }
}
