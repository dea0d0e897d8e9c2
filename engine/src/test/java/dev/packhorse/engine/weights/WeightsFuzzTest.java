package dev.packhorse.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.FuzzLoop;
import dev.packhorse.engine.Seeds;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsFuzzTest {

    @TempDir
    Path folder;

    @Test
    void brokenFilesAreReadOrRefused() throws IOException, URISyntaxException {
        var seed = Seeds.random().nextLong();
        assertThat(FuzzLoop.run(new WeightsFuzz(folder), Duration.ofSeconds(2), seed)
                        .files())
                .isPositive();
    }
}
