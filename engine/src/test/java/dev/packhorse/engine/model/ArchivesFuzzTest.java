package dev.packhorse.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.FuzzLoop;
import dev.packhorse.engine.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchivesFuzzTest {

    @TempDir
    Path folder;

    @Test
    void brokenArchivesAreUnpackedOrRefused() throws IOException {
        var seed = Seeds.random().nextLong();
        assertThat(FuzzLoop.run(new ArchivesFuzz(folder), Duration.ofSeconds(2), seed)
                        .files())
                .isPositive();
    }
}
