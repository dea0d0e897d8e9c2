package dev.packhorse.engine.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.packhorse.engine.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;
import org.junit.jupiter.api.Test;

class OperatorCostTest {

    private static final RecursiveComparisonConfiguration ROUNDED = RecursiveComparisonConfiguration.builder()
            .withComparatorForType((a, b) -> Math.abs(a - b) < 1e-9 ? 0 : Double.compare(a, b), Double.class)
            .build();

    private static final List<Span> SPANS = List.of(
            new Span("run", "", 1, 0, 100),
            new Span("MatMul", "a", 1, 10, 30),
            new Span("Softmax", "b", 1, 40, 20),
            new Span("MatMul", "c", 1, 60, 10),
            new Span("inner", "d", 1, 62, 4),
            // beside it in time, in another thread
            new Span("run", "", 2, 5, 40),
            new Span("MatMul", "a", 2, 5, 39));

    @Test
    void whatWasCalledIsNotTheCallersOwnTime() {
        assertThat(OperatorCost.of(SPANS))
                .usingRecursiveFieldByFieldElementComparator(ROUNDED)
                .containsExactly(
                        new OperatorCost("MatMul", 75, 75 / 140.0, 3),
                        new OperatorCost("run", 41, 41 / 140.0, 2),
                        new OperatorCost("Softmax", 20, 20 / 140.0, 1),
                        new OperatorCost("inner", 4, 4 / 140.0, 1));
    }

    @Test
    void theOrderOfSpansDoesNotCount() {
        var shuffled = new ArrayList<>(SPANS);
        Collections.shuffle(shuffled, new Random(Seeds.random().nextLong()));
        assertThat(OperatorCost.of(shuffled))
                .usingRecursiveFieldByFieldElementComparator(ROUNDED)
                .isEqualTo(OperatorCost.of(SPANS));
    }

    @Test
    void aMeanIsOfSelfTime() {
        assertThat(new OperatorCost("MatMul", 30, 1, 4).meanMicros()).isEqualTo(7.5);
        assertThat(OperatorCost.of(List.of())).isEmpty();
    }

    @Test
    void spansThatFollowEachOtherAreNotInEachOther() {
        var random = Seeds.random();
        var spans = new ArrayList<Span>();
        var now = 24_690_123_456_789L; // nanoseconds, as large as clocks have them: microseconds of it are rounded
        var nanos = 0L;
        for (var i = 0; i < 10_000; i++) {
            var took = random.nextInt(1, 3_000_000);
            spans.add(new Span("operator " + i % 7, "", 1, now / 1e3, took / 1e3));
            now += took;
            nanos += took;
        }
        assertThat(OperatorCost.of(spans).stream()
                        .mapToDouble(OperatorCost::selfMicros)
                        .sum())
                .isCloseTo(nanos / 1e3, within(1.0));
    }
}
