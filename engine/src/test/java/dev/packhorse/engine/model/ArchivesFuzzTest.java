package dev.packhorse.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

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
        assertThat(new ArchivesFuzz(folder).run(Duration.ofSeconds(2), seed)).isPositive();
    }
}
