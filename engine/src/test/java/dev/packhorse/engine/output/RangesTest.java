package dev.packhorse.engine.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Seeds;
import org.junit.jupiter.api.Test;

class RangesTest {

    private static RangeFinder finder(float[]... vectors) {
        var finder = new RangeFinder(2);
        for (var vector : vectors) {
            finder.add(vector);
        }
        return finder;
    }

    @Test
    void rangesAreTheLeastAndTheGreatestOfEachDimension() {
        var ranges = finder(new float[] {1, -2}, new float[] {-3, -2}, new float[] {2, -5})
                .found()
                .orElseThrow();

        assertThat(ranges).isEqualTo(new Ranges(new float[] {-3, -5}, new float[] {2, -2}));
        assertThat(ranges).hasSameHashCodeAs(new Ranges(new float[] {-3, -5}, new float[] {2, -2}));
        assertThat(ranges).hasToString("Ranges[[-3.0, -5.0], [2.0, -2.0]]");
        assertThat(ranges).isNotEqualTo(new Ranges(new float[] {-3, -5}, new float[] {2, -1}));
    }

    @Test
    void ofNoVectorsThereAreNone() {
        assertThat(finder().found()).isEmpty();
    }

    @Test
    void rangesOfPartsAreTheRangesOfTheWhole() {
        var random = Seeds.random();
        for (var round = 0; round < 100; round++) {
            var whole = new RangeFinder(2);
            var parts = new RangeFinder[] {new RangeFinder(2), new RangeFinder(2)};
            for (var i = 0; i < 10; i++) {
                var vector = new float[] {(float) random.nextGaussian(), (float) random.nextGaussian()};
                whole.add(vector);
                parts[i % 2].add(vector);
            }
            assertThat(parts[0].found().orElseThrow().and(parts[1].found().orElseThrow()))
                    .isEqualTo(whole.found().orElseThrow());
        }
    }

    @Test
    void whatIsNoRangeIsRefused() {
        assertThatThrownBy(() -> new Ranges(new float[2], new float[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected as many greatest numbers as the 2 least ones, found 3");
        assertThatThrownBy(() -> new Ranges(new float[] {0, 2}, new float[] {0, 1}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a range for dimension 1, found 2.0 to 1.0");
        assertThatThrownBy(() -> new RangeFinder(2).add(new float[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a vector of 2 numbers, found 3");
    }
}
