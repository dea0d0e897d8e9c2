package dev.packhorse.udf.resident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.contract.Device;
import dev.packhorse.udf.TinyBert;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskResourcesTest {

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

    @Test
    void aTaskWithoutGpusHasCores() {
        assertThat(TaskResources.device(Map.of())).isEqualTo(new Device.Cpu());
        assertThat(TaskResources.device(Map.of("fpga", new ResourceInformation("fpga", new String[] {"f1"}))))
                .isEqualTo(new Device.Cpu());
    }

    @Test
    void aTaskWithGpusHasTheFirstOfThem() {
        assertThat(TaskResources.device(Map.of("gpu", new ResourceInformation("gpu", new String[] {"3", "1"}))))
                .isEqualTo(new Device.Gpu("3"));
    }

    @Test
    void outsideOfTasksSettingsStayAsTheyAre() {
        var settings = TinyBert.freshSettings();

        assertThat(TaskResources.bind(settings)).isSameAs(settings);
    }
}
