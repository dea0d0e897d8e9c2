package dev.packhorse.udf.resident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.udf.TinyBert;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskResourcesTest {

    private static final SparkConf NO_AMOUNTS = new SparkConf(false);

    @ParameterizedTest
    @CsvSource({"1, 8, 8", "2, 8, 4", "4, 8, 2", "8, 8, 1", "3, 8, 2", "8, 4, 1"})
    void asManyTasksCallAtATimeAsHaveTheirCores(int taskCpus, int cores, int calls) {
        var conf = new SparkConf(false).set("spark.executor.cores", String.valueOf(cores));

        assertThat(TaskResources.calls(conf, taskCpus)).isEqualTo(calls);
    }

    @Test
    void whereNobodySaysHowManyCoresThereAreOneTaskCalls() {
        assertThat(TaskResources.calls(new SparkConf(false), 4)).isEqualTo(1);
    }

    private static final Device CUDA = new Device.Gpu(List.of());

    private static Map<String, ResourceInformation> gpus(String... addresses) {
        return Map.of("gpu", new ResourceInformation("gpu", addresses));
    }

    @Test
    void whereTheCpuIsMeantATasksGpusAreLeftAlone() {
        assertThat(TaskResources.device(new Device.Cpu(), gpus("0"), NO_AMOUNTS))
                .isEqualTo(new Device.Cpu());
    }

    @Test
    void whereSparkGivesNoGpusThoseOfTheMachineAreMeant() {
        assertThat(TaskResources.device(CUDA, Map.of(), NO_AMOUNTS)).isEqualTo(CUDA);
        assertThat(TaskResources.device(CUDA, gpus(), NO_AMOUNTS)).isEqualTo(CUDA);
        assertThat(TaskResources.device(
                        CUDA, Map.of("fpga", new ResourceInformation("fpga", new String[] {"f1"})), NO_AMOUNTS))
                .isEqualTo(CUDA);
        assertThat(TaskResources.device(new Device.Gpu("7"), Map.of(), NO_AMOUNTS))
                .isEqualTo(new Device.Gpu("7"));
    }

    /** In whatever order Spark names them. */
    @Test
    void aTaskWithGpusHasAllOfThem() {
        assertThat(TaskResources.device(CUDA, gpus("10", "3", "1"), NO_AMOUNTS))
                .isEqualTo(new Device.Gpu(List.of("1", "3", "10")));
        assertThat(TaskResources.device(CUDA, gpus("1"), NO_AMOUNTS)).isEqualTo(new Device.Gpu("1"));
    }

    @Test
    void aGpuByItsNumberIsOneOfThoseThatTheTaskHas() {
        assertThat(TaskResources.device(new Device.Gpu("1"), gpus("0", "1"), NO_AMOUNTS))
                .isEqualTo(new Device.Gpu("1"));
        assertThatThrownBy(() -> TaskResources.device(new Device.Gpu("1"), gpus("2", "0"), NO_AMOUNTS))
                .isInstanceOf(EncoderException.class)
                .hasMessage("--device cuda:1: expected GPU 1 among those that Spark gave the task, found 0, 2; --device"
                        + " cuda takes those");
    }

    @Test
    void outsideOfTasksSettingsStayAsTheyAre() {
        var settings = TinyBert.freshSettings();

        assertThat(TaskResources.bind(settings)).isSameAs(settings);
    }

    @Test
    void anExecutorWithGpusWhoseTasksHaveNoneIsAnError() {
        var conf = new SparkConf(false).set("spark.executor.resource.gpu.amount", "2");
        assertThatThrownBy(() -> TaskResources.device(CUDA, Map.of(), conf))
                .isInstanceOf(EncoderException.class)
                .hasMessage(
                        "--device cuda: expected spark.task.resource.gpu.amount beside spark.executor.resource.gpu.amount, found none, so that tasks have no GPU; set it to the executor's GPUs over its cores");
        assertThat(TaskResources.device(new Device.Gpu("1"), Map.of(), conf)).isEqualTo(new Device.Gpu("1"));
    }
}
