package dev.packhorse.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.Counts;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private static String line(Map<Count, Integer> numbers, OptionalLong totalRows, Duration elapsed) {
        var counts = new Counts();
        numbers.forEach(counts::add);
        return Progress.line(counts, totalRows, elapsed);
    }

    @Test
    void theLineTellsRowsSpeedPaddingAndTimeLeft() {
        var numbers = Map.of(
                Count.ROWS, 3_000,
                Count.ENCODED_ROWS, 1_000,
                Count.DUPLICATES, 200,
                Count.ERROR_NULL_TEXT, 34,
                Count.TOKENS, 40_000,
                Count.COMPUTED_TOKENS, 50_000,
                Count.PENDING_TOKENS, 20_000);

        // 20 tokens a row, 12,000 rows to read: 260,000 tokens at 4,000 a second
        assertThat(line(numbers, OptionalLong.of(15_000), Duration.ofSeconds(10)))
                .isEqualTo("rows 1,234 of 15,000 | 4,000 tokens/s | padding 20.0% | 1:05 left");
    }

    @Test
    void timeLeftComesFromTokensAndNotFromRows() {
        var longestFirst = Map.of(
                Count.ROWS, 100,
                Count.ENCODED_ROWS, 10,
                Count.TOKENS, 5_000,
                Count.COMPUTED_TOKENS, 5_000,
                Count.PENDING_TOKENS, 5_000);

        assertThat(line(longestFirst, OptionalLong.of(100), Duration.ofSeconds(30)))
                .endsWith("| 0:30 left");
    }

    @Test
    void furtherChunksAreRowsMore() {
        var numbers = Map.of(
                Count.ROWS, 10,
                Count.CHUNKED_ROWS, 2,
                Count.CHUNKS, 22,
                Count.ENCODED_ROWS, 25,
                Count.DUPLICATES, 5,
                Count.TOKENS, 300,
                Count.COMPUTED_TOKENS, 300);

        assertThat(line(numbers, OptionalLong.of(20), Duration.ofSeconds(10)))
                .isEqualTo("rows 30 of 40 | 30 tokens/s | padding 0.0% | 0:10 left");
    }

    @Test
    void hoursAreShownWhereThereAreAny() {
        var slow = Map.of(Count.ROWS, 1, Count.ENCODED_ROWS, 1, Count.TOKENS, 10, Count.COMPUTED_TOKENS, 10);

        assertThat(line(slow, OptionalLong.of(7_384), Duration.ofSeconds(1))).endsWith("| 2:03:03 left");
    }

    @Test
    void withoutTheSourcesRowsTheTimeLeftIsUnknown() {
        var numbers = Map.of(Count.ROWS, 5, Count.ENCODED_ROWS, 5, Count.TOKENS, 50, Count.COMPUTED_TOKENS, 50);

        assertThat(line(numbers, OptionalLong.empty(), Duration.ofSeconds(1)))
                .isEqualTo("rows 5 | 50 tokens/s | padding 0.0% | time left unknown");
    }

    @Test
    void beforeTheFirstRowTheTimeLeftIsUnknown() {
        assertThat(line(Map.of(), OptionalLong.of(10), Duration.ofSeconds(1)))
                .isEqualTo("rows 0 of 10 | 0 tokens/s | padding 0.0% | time left unknown");
    }

    @Test
    void whenAllIsDoneNothingIsLeft() {
        var done = Map.of(Count.ROWS, 10, Count.ENCODED_ROWS, 10, Count.TOKENS, 70, Count.COMPUTED_TOKENS, 70);

        assertThat(line(done, OptionalLong.of(10), Duration.ofSeconds(7))).endsWith("| 0:00 left");
    }
}
