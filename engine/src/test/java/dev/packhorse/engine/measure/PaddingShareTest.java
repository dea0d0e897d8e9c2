package dev.packhorse.engine.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaddingShareTest {

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.25, 0.5, 0.75, 0.8, 0.9})
    void everyBatchHasThatShareAndTheSameLongest(double share) {
        for (var seed = 0; seed < 50; seed++) {
            var random = new Random(seed);
            var rows = 12 + random.nextInt(53);
            var longest = 128 + random.nextInt(400);
            var lengths = PaddingShare.lengths(share, 3, rows, longest, random);
            assertThat(lengths).hasSize(3 * rows);
            for (var b = 0; b < 3; b++) {
                var batch = Arrays.copyOfRange(lengths, b * rows, (b + 1) * rows);
                assertThat(Arrays.stream(batch).max()).hasValue(longest);
                assertThat(Arrays.stream(batch).min().orElseThrow()).isGreaterThanOrEqualTo(3);
                assertThat(Arrays.stream(batch).sum())
                        .as("share %s, %d rows, longest %d, seed %d", share, rows, longest, seed)
                        .isEqualTo((int) Math.round((1 - share) * rows * longest));
            }
        }
    }

    @Test
    void noneOfItMeansRowsOfOneLength() {
        assertThat(PaddingShare.lengths(0, 1, 4, 16, new Random(1))).containsOnly(16);
    }

    @Test
    void lengthsOfAShareAreNotAllTheSame() {
        var lengths = PaddingShare.lengths(0.5, 1, 32, 256, new Random(1));
        assertThat(Arrays.stream(lengths).distinct().count()).isGreaterThan(16);
    }

    @Test
    void aShareThatCannotBeIsRefused() {
        assertThatThrownBy(() -> PaddingShare.lengths(0.9, 1, 4, 64, new Random(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "expected batches that can be 90% padding, found 4 rows of at most 64 tokens; take more or longer rows");
    }
}
