package dev.packhorse.engine.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WeightedMeanTest {

    @Test
    void eachVectorCountsAsItsWeightSays() {
        assertThat(WeightedMean.of(List.of(new float[] {1, 0}, new float[] {0, 1}), new int[] {3, 1}, false))
                .containsExactly(0.75f, 0.25f);
    }

    @Test
    void aNormalizedMeanHasLengthOne() {
        assertThat(WeightedMean.of(List.of(new float[] {1, 0}, new float[] {0, 1}), new int[] {3, 4}, true))
                .containsExactly(0.6f, 0.8f);
    }

    @Test
    void vectorsThatCancelOutHaveAMeanOfZero() {
        assertThat(WeightedMean.of(List.of(new float[] {1}, new float[] {-1}), new int[] {2, 2}, true))
                .containsExactly(0);
    }
}
