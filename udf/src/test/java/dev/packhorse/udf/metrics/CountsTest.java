package dev.packhorse.udf.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class CountsTest {

    /** Each count has its own number, a power of 2, so that a sum tells which were added. */
    private static Counts distinct() {
        var counts = new Counts();
        for (var count : Count.values()) {
            counts.add(count, 1L << count.ordinal());
        }
        return counts;
    }

    @Test
    void aSumAddsEveryCount() {
        var sum = Counts.sum(List.of(distinct(), distinct(), new Counts()));

        assertThat(Count.values())
                .allSatisfy(count -> assertThat(sum.get(count)).isEqualTo(2L << count.ordinal()));
    }

    @Test
    void errorsAreThoseOfEveryReason() {
        var expected = Arrays.stream(Count.values())
                .filter(count -> count.name().startsWith("ERROR_"))
                .mapToLong(count -> 1L << count.ordinal())
                .sum();

        assertThat(distinct().errors()).isEqualTo(expected);
    }

    @Test
    void paddingIsTheShareOfComputedTokensThatWereNone() {
        var counts = new Counts();
        assertThat(counts.paddingShare()).isZero();

        counts.add(Count.TOKENS, 75);
        counts.add(Count.COMPUTED_TOKENS, 100);
        assertThat(counts.paddingShare()).isCloseTo(0.25, Offset.offset(1e-12));
    }

    @Test
    void nothingIsLostWhenManyThreadsAdd() {
        var counts = new Counts();

        IntStream.range(0, 8_000).parallel().forEach(i -> counts.add(Count.ROWS, i % 3));

        assertThat(counts.get(Count.ROWS))
                .isEqualTo(IntStream.range(0, 8_000).map(i -> i % 3).sum());
    }
}
