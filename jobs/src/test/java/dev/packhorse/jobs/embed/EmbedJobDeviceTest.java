package dev.packhorse.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.udf.options.OptionException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Where the embed job computes, by what it is asked for and what this machine has. */
class EmbedJobDeviceTest extends EmbedJobFixture {

    @Test
    void theCpuIsTakenWhereItIsAskedForAndTheManifestSaysSo() throws IOException {
        var summary = some().set("device", "cpu").run();

        assertThat(summary.encoder()).contains(" on cpu, ").doesNotContain("--device");
        var manifest = json(manifests().get(0));
        assertThat(manifest.path("encoder").asText()).isEqualTo(summary.encoder());
        assertThat(manifest.path("options").path("device").asText()).isEqualTo("cpu");
    }

    /** A number that no machine has. */
    @Test
    void aGpuThatIsNotThereStopsTheJobBeforeItReads() {
        assertThatThrownBy(() -> some().set("device", "cuda:1234").run())
                .isInstanceOf(OptionException.class)
                .hasMessageStartingWith("--device cuda:1234: expected a GPU ")
                .hasMessageEndingWith("; --device auto takes a GPU where there is one, and --device cpu none");
        assertThat(output).doesNotExist();
    }

    @Test
    void numbersThatADeviceDoesNotHaveAreRefused() {
        assertThatThrownBy(() ->
                        some().set("device", "cpu").set("precision", "float16").run())
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(
                        "--path auto --precision float16: expected a model for the fast path, found tiny-bert:"
                                + " precision: expected bfloat16, int8 or float32 on a CPU, for float16 is for GPUs, found float16");
        assertThatThrownBy(() ->
                        some().set("device", "cuda").set("precision", "int8").run())
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(
                        "--device cuda --path auto --precision int8: expected a model for the fast path, found"
                                + " tiny-bert: precision: expected float16 or float32 on a GPU, found int8");
        assertThat(output).doesNotExist();
    }

    @Test
    void aDeviceThatIsNoneNamesTheNearest() {
        assertRefused(
                some().set("device", "gpu"),
                "--device: expected auto, cpu, cuda or cuda:N with the number of a GPU, found 'gpu'; the nearest is cuda");
    }
}
