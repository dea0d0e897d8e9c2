package dev.packhorse.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.packhorse.jobs.EmbedRun;
import dev.packhorse.jobs.cli.FailureMessage;
import dev.packhorse.udf.FullFileSystem;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a job leaves whose output's disk is full; see {@link FullFileSystem}. */
class EmbedJobFullDiskTest extends EmbedJobFixture {

    /** Two thousand rows, more than 256,000 bytes. */
    private EmbedRun many(String disk) {
        return EmbedRun.to(output)
                .set("output", "full://" + disk + output)
                .set("query", "SELECT id, concat('text number ', id) AS text FROM range(0, 2000, 1, 12)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"exception", "error"})
    void noFolderIsLeftThatWasNotThereAndTheMessageSaysWhichDisk(String how) {
        var disk = "100000.parquet." + how;

        var failure = catchThrowable(() -> many(disk).run());

        assertThat(failure).rootCause().isInstanceOf(IOException.class).hasMessage("No space left on device");
        assertThat(FailureMessage.of(failure))
                .isEqualTo("No space left on device (while rows were written to full://" + disk + output + ")");
        assertThat(output).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"append, 0", "append, 256m", "overwrite, 0", "overwrite, 256m"})
    void theOldRowsAreLeftAlone(String mode, String targetFileSize) throws IOException {
        some().run();
        var before = snapshot();

        var failure = catchThrowable(() -> many("100000.parquet.error-%s-%s".formatted(mode, targetFileSize))
                .set("mode", mode)
                .set("target-file-size", targetFileSize)
                .set("window-rows", "100")
                .run());

        assertThat(failure).rootCause().hasMessage("No space left on device");
        assertThat(snapshot()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run-2.exception",
                "run-2.error",
                "_packhorse.exception",
                "_packhorse.error",
                "replaced.exception",
                "replaced.error"
            })
    void theOldRowsAreLeftAloneWhereThereIsNoRoomForTheManifestOrTheLeaseEither(String what) throws IOException {
        some().run();
        var before = snapshot();

        var failure =
                catchThrowable(() -> many("10." + what).set("mode", "overwrite").run());

        assertThat(failure).rootCause().hasMessage("No space left on device");
        assertThat(snapshot()).isEqualTo(before);
    }

    @Test
    void noStagedRowsAreLeft() {
        var failure = catchThrowable(() -> many("100000._packhorse-staging.error")
                .set("output-precision", "int8")
                .run());

        assertThat(failure).rootCause().hasMessage("No space left on device");
        assertThat(output).doesNotExist();
    }
}
