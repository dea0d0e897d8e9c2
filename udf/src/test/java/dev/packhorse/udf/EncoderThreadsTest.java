package dev.packhorse.udf;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EncoderThreadsTest {

    @Test
    void aTaskOfOneCoreComputesInItsOwnThreadAlone() {
        assertThat(EncoderThreads.perExecutor(new SparkConf(false).set("spark.executor.cores", "16")))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1, 8, 1", "2, 8, 5", "4, 8, 7", "8, 8, 8", "3, 8, 5"})
    void thePoolAndTheTasksTogetherUseTheirCoresAndNoMore(int taskCpus, int cores, int threads) {
        var conf = new SparkConf(false)
                .set("spark.task.cpus", String.valueOf(taskCpus))
                .set("spark.executor.cores", String.valueOf(cores));
        var tasks = cores / taskCpus;

        assertThat(EncoderThreads.perExecutor(conf)).isEqualTo(threads);
        assertThat(tasks + threads - 1).isEqualTo(tasks * taskCpus).isLessThanOrEqualTo(cores);
    }

    @Test
    void whereNobodySaysHowManyCoresThereAreOneTasksCount() {
        var conf = new SparkConf(false).set("spark.task.cpus", "4");

        assertThat(EncoderThreads.perExecutor(conf)).isEqualTo(4);
    }
}
