package dev.packhorse.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DistributionTest {

    @Test
    void theFiguresAreThoseOfTheSortedNumbers() {
        var found = Distribution.of(LongStream.of(9, 1, 7, 3, 5, 30, 8, 2, 4, 6, 10));

        assertThat(found).isEqualTo(new Distribution(11, 1, 6, 10, 30));
        assertThat(found.imbalance()).isEqualTo(5);
    }

    @Test
    void oneNumberIsAllOfThem() {
        assertThat(Distribution.of(LongStream.of(4))).isEqualTo(new Distribution(1, 4, 4, 4, 4));
    }

    @Test
    void nothingIsBalanced() {
        assertThat(Distribution.of(LongStream.empty()).imbalance()).isEqualTo(1);
    }
}
