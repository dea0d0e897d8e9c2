package dev.packhorse.engine.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DenseTest {

    private static final Dense TWO_TO_ONE = new Dense(2, 1, new float[] {1, 2}, new float[] {3});
    private static final Dense TWO_TO_TWO = new Dense(2, 2, new float[] {4, 5, 6, 7}, new float[] {8, 9});

    @Test
    void mapsSideBySideAreOneWithTheOutputsOfAll() {
        var map = Dense.sideBySide(TWO_TO_ONE, TWO_TO_TWO, TWO_TO_ONE);
        assertThat(map.inputs()).isEqualTo(2);
        assertThat(map.outputs()).isEqualTo(4);
        assertThat(map.weight()).containsExactly(1, 2, 4, 5, 6, 7, 1, 2);
        assertThat(map.bias()).containsExactly(3, 8, 9, 3);
    }

    @Test
    void mapsOfOtherInputsDoNotStandSideBySide() {
        var threeToOne = new Dense(3, 1, new float[3], new float[1]);
        assertThatThrownBy(() -> Dense.sideBySide(TWO_TO_ONE, threeToOne))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageStartingWith("arraycopy: ");
    }

    @Test
    void aScaledMapHasAllOutputsScaledAndLeavesTheFirstAsItWas() {
        var map = TWO_TO_TWO.scaled(0.5f);
        assertThat(map.weight()).containsExactly(2, 2.5f, 3, 3.5f);
        assertThat(map.bias()).containsExactly(4, 4.5f);
        assertThat(TWO_TO_TWO.weight()).containsExactly(4, 5, 6, 7);
        assertThat(TWO_TO_TWO.bias()).containsExactly(8, 9);
    }

    @Test
    void arraysOfOtherSizesAreRefused() {
        assertThatThrownBy(() -> new Dense(2, 3, new float[5], new float[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a weight of 3 x 2 and a bias of 3, found 5 and 3 numbers");
        assertThatThrownBy(() -> new Dense(2, 3, new float[6], new float[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a weight of 3 x 2 and a bias of 3, found 6 and 2 numbers");
    }

    /** Attention's scores are divided by the root of a head's width once: in the queries, bias included. */
    @Test
    void theFactorOfTheScoresIsWithinTheQueries() {
        var map = LayerWeights.queryKeyValue(TWO_TO_TWO, TWO_TO_TWO, TWO_TO_TWO, 16);
        assertThat(map.weight()).containsExactly(1, 1.25f, 1.5f, 1.75f, 4, 5, 6, 7, 4, 5, 6, 7);
        assertThat(map.bias()).containsExactly(2, 2.25f, 8, 9, 8, 9);
    }
}
