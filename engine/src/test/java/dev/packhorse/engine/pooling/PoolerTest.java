package dev.packhorse.engine.pooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.packhorse.engine.Closeness;
import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PoolerTest {

    private final RandomGenerator random = Seeds.random();

    @ParameterizedTest
    @EnumSource(
            value = Pooling.class,
            names = {"CLS", "MEAN"})
    void anyBatchIsPooledAsByThePlainLoops(Pooling pooling) {
        for (var round = 0; round < 200; round++) {
            var rows = new ArrayList<int[]>();
            for (var b = random.nextInt(3, 20); b > 0; b--) {
                rows.add(Seeds.tokens(random, 30));
            }
            var hiddenSize = random.nextInt(1, 50);
            var vectors = vectors(rows, hiddenSize);
            for (var normalize : new boolean[] {false, true}) {
                var found = pool(new Pooler(pooling, normalize), rows, padded(vectors), hiddenSize);
                for (var b = 0; b < rows.size(); b++) {
                    var row = Arrays.copyOfRange(found, b * hiddenSize, (b + 1) * hiddenSize);
                    assertThat(Closeness.difference(plain(vectors[b], pooling, normalize), row))
                            .as("row %d of %d", b, rows.size())
                            .isLessThan(1e-6);
                }
            }
        }
    }

    /** The definition: one loop over the tokens, one over the elements, in float64. */
    private static float[] plain(float[][] tokens, Pooling pooling, boolean normalize) {
        var sums = new double[tokens[0].length];
        var count = pooling == Pooling.CLS ? 1 : tokens.length;
        for (var s = 0; s < count; s++) {
            for (var h = 0; h < sums.length; h++) {
                sums[h] += tokens[s][h] / (double) count;
            }
        }
        var length = normalize ? Math.sqrt(Arrays.stream(sums).map(x -> x * x).sum()) : 1;
        var pooled = new float[sums.length];
        for (var h = 0; h < sums.length; h++) {
            pooled[h] = (float) (sums[h] / length);
        }
        return pooled;
    }

    @Test
    void theFirstTokenIsTakenAsItIs() {
        var hidden = FloatBuffer.wrap(new float[] {3, 4, 9, 9, 5, 12, Float.NaN, Float.NaN});
        var rows = List.of(new int[] {1, 2}, new int[] {1});
        assertThat(pool(new Pooler(Pooling.CLS, false), rows, hidden, 2)).containsExactly(3, 4, 5, 12);
    }

    @Test
    void theMeanIsOverTheRowsOwnTokens() {
        var hidden = FloatBuffer.wrap(new float[] {1, 2, 3, 6, 5, 12, Float.NaN, Float.NaN});
        var rows = List.of(new int[] {1, 2}, new int[] {1});
        assertThat(pool(new Pooler(Pooling.MEAN, false), rows, hidden, 2)).containsExactly(2, 4, 5, 12);
    }

    @Test
    void normalisedVectorsHaveLengthOne() {
        var hidden = FloatBuffer.wrap(new float[] {3, 4});
        assertThat(pool(new Pooler(Pooling.MEAN, true), List.of(new int[] {1}), hidden, 2))
                .containsExactly(new float[] {0.6f, 0.8f}, within(1e-7f));
    }

    @Test
    void nothingButZerosStaysNothingButZeros() {
        var hidden = FloatBuffer.wrap(new float[] {0, 0});
        assertThat(pool(new Pooler(Pooling.MEAN, true), List.of(new int[] {1}), hidden, 2))
                .containsExactly(0, 0);
    }

    @Test
    void veryLargeElementsDoNotOverflow() {
        var hidden = FloatBuffer.wrap(new float[] {3e30f, 4e30f});
        assertThat(pool(new Pooler(Pooling.MEAN, true), List.of(new int[] {1}), hidden, 2))
                .containsExactly(new float[] {0.6f, 0.8f}, within(1e-6f));
    }

    private static float[] pool(Pooler pooler, List<int[]> rows, FloatBuffer hidden, int hiddenSize) {
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var batch = NestedBatch.pack(memory, rows)) {
            return pooler.padded(batch, hidden, hiddenSize);
        }
    }

    /** [B][S of the row][H], all distinct. */
    private float[][][] vectors(List<int[]> rows, int hiddenSize) {
        return rows.stream()
                .map(row -> Arrays.stream(row)
                        .mapToObj(token -> {
                            var vector = new float[hiddenSize];
                            for (var h = 0; h < hiddenSize; h++) {
                                vector[h] = random.nextFloat(-1, 1);
                            }
                            return vector;
                        })
                        .toArray(float[][]::new))
                .toArray(float[][][]::new);
    }

    /** [B, S, H] with NaN for padding: whoever reads it answers NaN. */
    private static FloatBuffer padded(float[][][] vectors) {
        var longest = Arrays.stream(vectors).mapToInt(row -> row.length).max().orElseThrow();
        var hiddenSize = vectors[0][0].length;
        var hidden = new float[vectors.length * longest * hiddenSize];
        Arrays.fill(hidden, Float.NaN);
        for (var b = 0; b < vectors.length; b++) {
            for (var s = 0; s < vectors[b].length; s++) {
                System.arraycopy(vectors[b][s], 0, hidden, (b * longest + s) * hiddenSize, hiddenSize);
            }
        }
        return FloatBuffer.wrap(hidden);
    }
}
