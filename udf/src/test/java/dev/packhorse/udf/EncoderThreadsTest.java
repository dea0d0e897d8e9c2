package dev.packhorse.udf;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EncoderThreadsTest {

    @Test
    void aTaskOfOneCoreComputesInItsOwnThreadAlone() {
        assertThat(EncoderThreads.perExecutor(new SparkConf(false), 16)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1, 8, 1", "2, 8, 5", "4, 8, 7", "8, 8, 8", "3, 8, 5"})
    void thePoolAndTheTasksTogetherUseTheirCoresAndNoMore(int taskCpus, int cores, int threads) {
        var conf = new SparkConf(false).set("spark.task.cpus", String.valueOf(taskCpus));
        var tasks = cores / taskCpus;

        assertThat(EncoderThreads.perExecutor(conf, cores)).isEqualTo(threads);
        assertThat(tasks + threads - 1).isEqualTo(tasks * taskCpus).isLessThanOrEqualTo(cores);
    }
}
