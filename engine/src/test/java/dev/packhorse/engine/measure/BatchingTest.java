package dev.packhorse.engine.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BatchingTest {

    private static final int[] LENGTHS = {5, 100, 7, 9, 20};

    @Test
    void rowsThatArriveTogetherShareABatch() {
        var arrival = new Batching.Arrival(2);
        assertThat(arrival.plan(LENGTHS, true)).containsExactly(new int[] {0, 1}, new int[] {2, 3}, new int[] {4});
        assertThat(arrival.plan(LENGTHS, false)).containsExactlyElementsOf(arrival.plan(LENGTHS, true));
        assertThat(arrival.mostTokens(LENGTHS)).isEqualTo(105);
        assertThat(arrival.plan(new int[0], true)).isEmpty();
        assertThat(arrival.mostTokens(new int[0])).isEqualTo(1);
    }

    @Test
    void plannedBatchesAreTheJobs() {
        var planned = new Batching.Planned(32);
        var batches = planned.plan(LENGTHS, false);
        assertThat(batches.get(0)).containsExactly(1);
        assertThat(batches.stream()
                        .flatMapToInt(java.util.Arrays::stream)
                        .sorted()
                        .boxed()
                        .toList())
                .isEqualTo(List.of(0, 1, 2, 3, 4));
        assertThat(planned.mostTokens(LENGTHS)).isEqualTo(32);
    }
}
