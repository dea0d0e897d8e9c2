package dev.packhorse.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.transformer.Dense;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizerTest {

    private final RandomGenerator random = Seeds.random();

    private float[] floats(int count) {
        var floats = new float[count];
        for (var i = 0; i < count; i++) {
            floats[i] = (float) random.nextGaussian();
        }
        return floats;
    }

    private Dense dense() {
        var inputs = random.nextInt(1, 100);
        var outputs = random.nextInt(1, 50);
        return new Dense(inputs, outputs, floats(inputs * outputs), floats(outputs));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWeightIsWithinHalfAStepOfItsInteger(boolean vnni) {
        for (var round = 0; round < 50; round++) {
            var dense = dense();
            var quantized = Quantizer.quantize(dense, vnni);
            for (var i = 0; i < dense.weight().length; i++) {
                var scale = quantized.scales()[i / dense.inputs()];
                assertThat(quantized.values()[i] * scale).isCloseTo(dense.weight()[i], within(scale * 0.5001f));
            }
        }
    }

    @Test
    void theGreatestWeightOfAChannelTakesTheWholeRange() {
        var quantized = Quantizer.quantize(new Dense(3, 2, new float[] {1, -4, 2, 8, 1, 1}, new float[2]), true);
        assertThat(quantized.values()).containsExactly(32, -127, 64, 127, 16, 16);
        assertThat(quantized.scales()).containsExactly(4 / 127f, 8 / 127f);
        assertThat(quantized.sums()).containsExactly(-31, 159);
    }

    @Test
    void withoutVnniNoTwoNeighboursOverflow16Bits() {
        for (var round = 0; round < 200; round++) {
            var dense = dense();
            var quantized = Quantizer.quantize(dense, false);
            for (var i = 0; i < dense.weight().length; i++) {
                var even = i % dense.inputs() % 2 == 0;
                var pair = even && i % dense.inputs() + 1 < dense.inputs()
                        ? quantized.values()[i] + quantized.values()[i + 1]
                        : quantized.values()[i];
                assertThat(255 * pair).isBetween((int) Short.MIN_VALUE, (int) Short.MAX_VALUE);
            }
        }
    }

    @Test
    void appendedRowsBringEachChannelToZero() {
        for (var round = 0; round < 100; round++) {
            var dense = dense();
            var quantized = Quantizer.quantize(dense, true);
            var rows = quantized.zeroRows();
            assertThat(rows % 16).isZero();
            var padded = quantized.withZeroRows(rows);
            for (var n = 0; n < dense.outputs(); n++) {
                var sum = 0;
                for (var k = 0; k < dense.inputs() + rows; k++) {
                    sum += padded[n * (dense.inputs() + rows) + k];
                }
                assertThat(sum).isZero();
            }
        }
    }

    @Test
    void channelsOfZerosStayZeros() {
        var quantized = Quantizer.quantize(new Dense(2, 1, new float[2], new float[1]), true);
        assertThat(quantized.values()).containsOnly(0);
        assertThat(quantized.scales()[0]).isPositive();
        assertThat(quantized.zeroRows()).isZero();
    }

    @Test
    void smoothedInputsAndWeightsGiveTheSameProducts() {
        for (var round = 0; round < 50; round++) {
            var dense = dense();
            var maxima = new float[dense.inputs()];
            for (var k = 0; k < maxima.length; k++) {
                maxima[k] = k % 7 == 0 ? 0 : (float) Math.exp(random.nextGaussian());
            }
            var smoothing = Quantizer.smoothing(dense, maxima);
            var smoothed = Quantizer.smoothed(dense, smoothing);
            var x = floats(dense.inputs());
            for (var n = 0; n < dense.outputs(); n++) {
                var expected = 0.0;
                var found = 0.0;
                for (var k = 0; k < x.length; k++) {
                    expected += (double) x[k] * dense.weight()[n * x.length + k];
                    found += (double) x[k] * smoothing[k] * smoothed.weight()[n * x.length + k];
                }
                assertThat(found).isCloseTo(expected, within(1e-4 * x.length));
            }
        }
    }

    @Test
    void anInputThatIsFourTimesAsLargeIsHalvedForTheWeightsThatAreTheSame() {
        var dense = new Dense(2, 1, new float[] {1, 1}, new float[1]);
        assertThat(Quantizer.smoothing(dense, new float[] {1, 4})).containsExactly(1, 0.5f);
    }

    /** Around where halves are folded onto each other, and as wide as models are. */
    private static final int[] WIDTHS = {
        1, 2, 3, 7, 8, 99, 100, 101, 102, 199, 200, 201, 207, 383, 384, 385, 399, 702, 1536, 3072, 4098
    };

    @Test
    void aTokensValuesAreWithinHalfAStepOfTheirIntegers() {
        for (var size : WIDTHS) {
            var values = floats(size);
            var scaled = values.clone();
            var scale = new TokenQuantizer(4098).scale(scaled);
            assertThat(scale.scale()).isEqualTo(span(values) / 255);
            for (var k = 0; k < size; k++) {
                var integer = Math.round(scaled[k]);
                assertThat(integer).isBetween(0, 255);
                assertThat((integer - scale.zeroPoint()) * scale.scale())
                        .isCloseTo(values[k], within(scale.scale() * 1.01f));
            }
        }
    }

    /** From the least to the greatest of the values and zero, in one loop. */
    private static float span(float[] values) {
        var least = 0f;
        var greatest = 0f;
        for (var value : values) {
            least = Math.min(least, value);
            greatest = Math.max(greatest, value);
        }
        return greatest - least;
    }

    @Test
    void theLeastAndTheGreatestAreFoundWhereverTheyAre() {
        for (var size : WIDTHS) {
            for (var at = 0; at < size; at++) {
                for (var value : new float[] {-7, 7, -0f, Float.MIN_VALUE, Float.MAX_VALUE}) {
                    var values = new float[size];
                    values[at] = value;
                    assertThat(new TokenQuantizer(size).scale(values).scale())
                            .isEqualTo(Math.max(Math.abs(value) / 255, 1e-12f));
                }
            }
        }
    }

    @Test
    void aValueThatIsNotFiniteLeavesNoFiniteScaleWhereverItIs() {
        for (var size : WIDTHS) {
            for (var at = 0; at < size; at++) {
                for (var value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                    var values = floats(size);
                    values[at] = value;
                    assertThat(new TokenQuantizer(size).scale(values).scale())
                            .as("%f at %d of %d", value, at, size)
                            .satisfiesAnyOf(scale -> assertThat(scale).isNaN(), scale -> assertThat(scale)
                                    .isInfinite());
                }
            }
        }
    }

    @Test
    void zeroIsAmongATokensIntegers() {
        for (var values : new float[][] {{3, 5, 9}, {-3, -5, -9}, {0, 0, 0}, {-1, 0, 1}}) {
            var scaled = values.clone();
            var scale = new TokenQuantizer(3).scale(scaled);
            assertThat(scale.zeroPoint()).isBetween(0, 255);
            for (var k = 0; k < values.length; k++) {
                if (values[k] == 0) {
                    assertThat(Math.round(scaled[k])).isEqualTo(scale.zeroPoint());
                }
            }
        }
    }
}
