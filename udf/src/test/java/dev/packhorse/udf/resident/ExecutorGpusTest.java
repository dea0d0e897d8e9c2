package dev.packhorse.udf.resident;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is asked on a cluster, and what is answered, is for ClusterIT. */
class ExecutorGpusTest {

    @ParameterizedTest
    @CsvSource({
        "spark.task.resource.gpu.amount, 0.25, true",
        "spark.executor.resource.gpu.amount, 2, true",
        "spark.executor.resource.gpu.amount, 0, false",
        "spark.executor.resource.fpga.amount, 1, false",
    })
    void settingsSayWhetherExecutorsHaveGpus(String setting, String amount, boolean given) {
        assertThat(ExecutorGpus.given(new SparkConf(false).set(setting, amount)))
                .isEqualTo(given);
    }

    @Test
    void withoutThemExecutorsHaveNone() {
        assertThat(ExecutorGpus.given(new SparkConf(false))).isFalse();
    }
}
