package dev.packhorse.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.contract.ModelException;
import java.io.FileNotFoundException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class FailureMessageTest {

    private static final String WRITING =
            "[TASK_WRITE_FAILED] Task failed while writing rows to file:/data/out. SQLSTATE: 58030";

    private static Throwable inAJob(Throwable cause) {
        return new IllegalStateException("Job aborted due to stage failure", new IllegalStateException(WRITING, cause));
    }

    @Test
    void whatHappenedFirstIsSaid() {
        assertThat(FailureMessage.of(inAJob(new ArithmeticException("/ by zero"))))
                .isEqualTo("/ by zero");
    }

    @Test
    void whatSparksSchedulerSaysIsOneLineWithTheReasonAndWithoutStacks() {
        assertThat(FailureMessage.of(new IllegalStateException("""
                        Job aborted due to stage failure: ResultStage 5 has failed 4 times. Most recent failure reason:
                        MetadataFetchFailedException: Missing an output location for shuffle 1
                        \tat org.apache.spark.MapOutputTracker$.validateStatus(MapOutputTracker.scala:1776)
                        """)))
                .isEqualTo(
                        "Job aborted due to stage failure: ResultStage 5 has failed 4 times. Most recent failure reason: "
                                + "MetadataFetchFailedException: Missing an output location for shuffle 1");
        assertThat(FailureMessage.of(new IllegalStateException("ExecutorLostFailure (137)\nDriver stacktrace:")))
                .isEqualTo("ExecutorLostFailure (137)");
    }

    @Test
    void whatPackhorseSaysComesBeforeWhatItIsMadeOf() {
        var missing = new ModelException(
                "hdfs:/m/tokenizer.json: expected a readable file, found none", new FileNotFoundException("no file"));

        assertThat(FailureMessage.of(inAJob(missing)))
                .isEqualTo("hdfs:/m/tokenizer.json: expected a readable file, found none");
    }

    @Test
    void aFailureOfInputAndOutputComesWithThePlace() {
        assertThat(FailureMessage.of(inAJob(new IOException("No space left on device"))))
                .isEqualTo("No space left on device (while rows were written to file:/data/out)");
        assertThat(FailureMessage.of(new IllegalStateException(
                        WRITING.replace("/out", "/out/_packhorse-staging-1a2b/rows-1a2b"),
                        new IOException("No space left on device"))))
                .isEqualTo("No space left on device (while rows were written to file:/data/out)");
        assertThat(FailureMessage.of(new IOException("No space left on device")))
                .isEqualTo("No space left on device");
    }
}
