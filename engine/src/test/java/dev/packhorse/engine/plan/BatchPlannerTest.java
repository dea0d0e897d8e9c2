package dev.packhorse.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchPlannerTest {

    /** Stands here once more on purpose: the plan's cost is held to what the documentation says, not to the code. */
    private static final int OVERHEAD = 16;

    private final RandomGenerator random = Seeds.random();

    @Test
    void everyRowIsPlannedExactlyOnceWithinTheBudget() {
        for (var round = 0; round < 200; round++) {
            var lengths = lengths(random.nextInt(1, 300), 512);
            var budget = random.nextInt(1, 8192);
            var batches = new BatchPlanner(budget, true).plan(lengths);
            assertThat(batches.stream().flatMapToInt(Arrays::stream).sorted().toArray())
                    .isEqualTo(IntStream.range(0, lengths.length).toArray());
            for (var batch : batches) {
                assertThat(batch.length == 1 || (long) longest(lengths, batch) * batch.length <= budget)
                        .as(
                                "%d rows of at most %d tokens in a budget of %d",
                                batch.length, longest(lengths, batch), budget)
                        .isTrue();
            }
        }
    }

    @Test
    void withoutPaddingBatchesAreFilledToTheBudget() {
        for (var round = 0; round < 200; round++) {
            var lengths = lengths(random.nextInt(1, 300), 512);
            var budget = random.nextInt(1, 8192);
            var batches = new BatchPlanner(budget, false).plan(lengths);
            assertThat(batches.stream().flatMapToInt(Arrays::stream).sorted().toArray())
                    .isEqualTo(IntStream.range(0, lengths.length).toArray());
            for (var b = 0; b < batches.size(); b++) {
                var tokens = tokens(lengths, batches.get(b));
                assertThat(batches.get(b).length == 1 || tokens <= budget).isTrue();
                if (b + 1 < batches.size()) { // else two batches could have been one
                    assertThat(tokens + tokens(lengths, batches.get(b + 1))).isGreaterThan(budget);
                }
            }
        }
    }

    private static int tokens(int[] lengths, int[] batch) {
        return Arrays.stream(batch).map(row -> lengths[row]).sum();
    }

    @Test
    void theLongestComeFirst() {
        for (var round = 0; round < 100; round++) {
            var lengths = lengths(random.nextInt(1, 300), 512);
            var planned = new BatchPlanner(random.nextInt(1, 8192), true)
                    .plan(lengths).stream()
                            .flatMapToInt(Arrays::stream)
                            .map(row -> lengths[row])
                            .boxed()
                            .toList();
            assertThat(planned).isSortedAccordingTo(Comparator.reverseOrder());
        }
    }

    @Test
    void equalLengthsKeepTheirOrder() {
        var lengths = lengths(500, 5);
        var order = new BatchPlanner(64, true)
                .plan(lengths).stream().flatMapToInt(Arrays::stream).toArray();
        for (var i = 1; i < order.length; i++) {
            if (lengths[order[i]] == lengths[order[i - 1]]) {
                assertThat(order[i]).isGreaterThan(order[i - 1]);
            }
        }
    }

    @Test
    void theSameRowsGiveTheSamePlan() {
        var lengths = lengths(1000, 512);
        var planner = new BatchPlanner(4096, true);
        var first = planner.plan(lengths);
        assertThat(planner.plan(lengths.clone())).usingRecursiveComparison().isEqualTo(first);
        assertThat(new BatchPlanner(4096, true).plan(lengths))
                .usingRecursiveComparison()
                .isEqualTo(first);
    }

    @Test
    void noOtherCutOfTheSortedRowsIsCheaper() {
        for (var round = 0; round < 500; round++) {
            var lengths = lengths(random.nextInt(1, 11), random.nextBoolean() ? 20 : 200);
            var budget = random.nextInt(1, 600);
            assertThat(cost(lengths, new BatchPlanner(budget, true).plan(lengths)))
                    .as("lengths %s, budget %d", Arrays.toString(lengths), budget)
                    .isEqualTo(cheapestOfAllCuts(lengths, budget));
        }
    }

    private static long cost(int[] lengths, List<int[]> batches) {
        return batches.stream()
                .mapToLong(batch -> (long) longest(lengths, batch) * batch.length + OVERHEAD)
                .sum();
    }

    /** Tries all 2^(N - 1) ways to cut the rows, sorted by falling length. */
    private static long cheapestOfAllCuts(int[] lengths, int budget) {
        var sorted = Arrays.stream(lengths)
                .map(length -> -length)
                .sorted()
                .map(length -> -length)
                .toArray();
        var cheapest = Long.MAX_VALUE;
        for (var cuts = 0; cuts < 1 << (sorted.length - 1); cuts++) {
            var batches = new ArrayList<int[]>();
            var from = 0;
            for (var to = 1; to <= sorted.length; to++) {
                if (to == sorted.length || (cuts >> (to - 1) & 1) == 1) {
                    batches.add(IntStream.range(from, to).toArray());
                    from = to;
                }
            }
            if (batches.stream().allMatch(b -> b.length == 1 || longest(sorted, b) * b.length <= budget)) {
                cheapest = Math.min(cheapest, cost(sorted, batches));
            }
        }
        return cheapest;
    }

    @Test
    void rowsOfOneLengthFillTheirBatches() {
        var lengths = new int[10];
        Arrays.fill(lengths, 100);
        assertThat(new BatchPlanner(400, true).plan(lengths))
                .extracting(batch -> batch.length)
                .containsOnly(4, 4, 2);
    }

    @Test
    void rowsOfFarApartLengthsDoNotShareABatch() {
        assertThat(new BatchPlanner(100_000, true).plan(new int[] {2, 500, 2, 500}))
                .containsExactly(new int[] {1, 3}, new int[] {0, 2});
    }

    @Test
    void noRowsNeedNoBatch() {
        assertThat(new BatchPlanner(100, true).plan(new int[0])).isEmpty();
    }

    @Test
    void aRowLongerThanTheBudgetGoesAlone() {
        assertThat(new BatchPlanner(10, true).plan(new int[] {5, 11, 5, 1000}))
                .containsExactly(new int[] {3}, new int[] {1}, new int[] {0, 2});
    }

    @Test
    void theLongestPossibleLengthsDoNotOverflow() {
        var lengths = new int[] {1, Integer.MAX_VALUE, Integer.MAX_VALUE, 1};
        assertThat(new BatchPlanner(Integer.MAX_VALUE, true).plan(lengths))
                .containsExactly(new int[] {1}, new int[] {2}, new int[] {0, 3});
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void aBudgetBelowOneIsRefused(int budget) {
        assertThatThrownBy(() -> new BatchPlanner(budget, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a token budget of at least 1, found " + budget);
    }

    private int[] lengths(int rows, int longest) {
        return random.ints(rows, 1, longest + 1).toArray();
    }

    private static int longest(int[] lengths, int[] batch) {
        return Arrays.stream(batch).map(row -> lengths[row]).max().orElseThrow();
    }
}
