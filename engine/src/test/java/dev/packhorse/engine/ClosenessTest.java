package dev.packhorse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ClosenessTest {

    private static final float[][] EXPECTED = {{1, 0}, {0, 1}, {1, 1}};

    @Test
    void equalRowsAreAsNearAsCanBe() {
        assertThat(Closeness.worst(EXPECTED, EXPECTED).cosine()).isCloseTo(1, within(1e-15));
        assertThat(Closeness.worst(EXPECTED, EXPECTED).difference()).isZero();
    }

    @Test
    void oneRowThatIsNoNumberOrHasNoDirectionIsAsFarAsCanBe() {
        for (var bad : new float[][] {{Float.NaN, 0}, {0, 0}, {Float.POSITIVE_INFINITY, 1}}) {
            for (var row = 0; row < EXPECTED.length; row++) {
                var found = EXPECTED.clone();
                found[row] = bad;
                assertThat(Closeness.worst(EXPECTED, found).cosine()).isEqualTo(-1);
            }
        }
    }

    @Test
    void rowsAndElementsAreCounted() {
        assertThatThrownBy(() -> Closeness.worst(EXPECTED, new float[2][2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected 3 rows, found 2");
        assertThatThrownBy(() -> Closeness.difference(new float[3], new float[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected 3 elements, found 2");
    }
}
