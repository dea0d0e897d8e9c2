package dev.packhorse.engine.pooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.packhorse.engine.Closeness;
import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.model.Head;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.model.Step;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PoolerTest {

    private final RandomGenerator random = Seeds.random();

    @ParameterizedTest
    @EnumSource(Pooling.class)
    void anyBatchIsPooledAsByThePlainLoops(Pooling pooling) {
        for (var round = 0; round < 200; round++) {
            var rows = rows();
            var hiddenSize = random.nextInt(1, 50);
            var vectors = vectors(rows, hiddenSize);
            for (var normalize : new boolean[] {false, true}) {
                var found = pool(new Pooler(pooling, normalize), rows, padded(vectors), hiddenSize);
                for (var b = 0; b < rows.size(); b++) {
                    var row = Arrays.copyOfRange(found, b * hiddenSize, (b + 1) * hiddenSize);
                    var expected = plain(vectors[b], 0, pooling);
                    assertThat(Closeness.difference(normalize ? normalized(expected) : expected, row))
                            .as("row %d of %d", b, rows.size())
                            .isLessThan(2e-6);
                }
            }
        }
    }

    /** The definition of sentence-transformers 6, modules/pooling.py, in float64, element by element. */
    private static float[] plain(float[][] tokens, int skipped, Pooling pooling) {
        var pooled = new float[tokens[0].length];
        for (var h = 0; h < pooled.length; h++) {
            var sum = 0.0;
            var places = 0.0;
            var greatest = Double.NEGATIVE_INFINITY;
            for (var s = skipped; s < tokens.length; s++) {
                var weight = pooling == Pooling.WEIGHTED_MEAN ? s + 1 : 1;
                sum += weight * (double) tokens[s][h];
                places += weight;
                greatest = Math.max(greatest, tokens[s][h]);
            }
            pooled[h] = (float)
                    switch (pooling) {
                        case CLS -> tokens[skipped][h];
                        case LAST_TOKEN -> tokens[tokens.length - 1][h];
                        case MAX -> greatest;
                        case MEAN, WEIGHTED_MEAN -> sum / places;
                        case MEAN_SQRT_LEN -> sum / Math.sqrt(places);
                    };
        }
        return pooled;
    }

    private static float[] normalized(float[] vector) {
        var squares = 0.0;
        for (var x : vector) {
            squares += (double) x * x;
        }
        var normalized = new float[vector.length];
        for (var h = 0; h < vector.length; h++) {
            normalized[h] = (float) (vector[h] / Math.sqrt(squares));
        }
        return normalized;
    }

    @Test
    void poolingsStandSideBySideInTheirOrder() {
        for (var round = 0; round < 50; round++) {
            var rows = rows();
            var hiddenSize = random.nextInt(1, 50);
            var vectors = vectors(rows, hiddenSize);
            var poolings = new ArrayList<>(List.of(Pooling.values()));
            Collections.shuffle(poolings, new Random(random.nextLong()));
            poolings.subList(random.nextInt(1, 7), 6).clear();
            var pooler = Pooler.open(new Head(poolings, true, List.of()), 0);
            var width = poolings.size() * hiddenSize;
            assertThat(pooler.dimension(hiddenSize)).isEqualTo(width);
            var together = pool(pooler, rows, padded(vectors), hiddenSize);
            for (var p = 0; p < poolings.size(); p++) {
                var alone = pool(new Pooler(poolings.get(p), false), rows, padded(vectors), hiddenSize);
                for (var b = 0; b < rows.size(); b++) {
                    var at = b * width + p * hiddenSize;
                    assertThat(Arrays.copyOfRange(together, at, at + hiddenSize))
                            .as("%s of row %d", poolings.get(p).id(), b)
                            .containsExactly(Arrays.copyOfRange(alone, b * hiddenSize, (b + 1) * hiddenSize));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Pooling.class)
    void packedTokensArePooledAsPaddedOnesAre(Pooling pooling) {
        var rows = rows();
        var vectors = vectors(rows, 7);
        var pooler = new Pooler(pooling, false);
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var batch = NestedBatch.pack(memory, rows)) {
            assertThat(pooler.packed(batch, packed(vectors), 7))
                    .containsExactly(pooler.padded(batch, padded(vectors), 7));
        }
    }

    @ParameterizedTest
    @EnumSource(Pooling.class)
    void theTokensOfAPromptAreNotPooledWhereTheHeadSaysSo(Pooling pooling) {
        for (var round = 0; round < 50; round++) {
            var promptTokens = random.nextInt(0, 6);
            var rows = new ArrayList<int[]>();
            for (var b = random.nextInt(1, 9); b > 0; b--) {
                rows.add(new int[promptTokens + random.nextInt(1, 9)]);
            }
            var vectors = vectors(rows, 5);
            for (var token : new int[] {0, promptTokens}) {
                var head = new Head(List.of(pooling), token == 0, List.of());
                var found = pool(Pooler.open(head, promptTokens), rows, padded(vectors), 5);
                for (var b = 0; b < rows.size(); b++) {
                    assertThat(Arrays.copyOfRange(found, b * 5, b * 5 + 5))
                            .containsExactly(plain(vectors[b], token, pooling), within(1e-5f));
                }
            }
        }
    }

    @Test
    void aRowOfNothingButThePromptFails() {
        var pooler = Pooler.open(new Head(List.of(Pooling.MEAN), false, List.of()), 3);
        var rows = List.of(new int[4], new int[3]);
        var hidden = FloatBuffer.wrap(new float[8]);
        assertThatThrownBy(() -> pool(pooler, rows, hidden, 1))
                .isInstanceOf(EncoderException.class)
                .hasMessage("expected a text of more tokens than the 3 of the prompt, which this model does not pool,"
                        + " found 3; the prompt is too long for the maximum length");
    }

    @Test
    void aPromptOfFewerThanNoTokensIsRefused() {
        var head = Head.of(Pooling.MEAN, true);
        assertThatThrownBy(() -> Pooler.open(head, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected no fewer than 0 tokens of a prompt, found -1");
    }

    @Test
    void vectorsPooledElsewhereGoThroughTheStepsAlone() {
        var head = new Head(List.of(), true, List.of(new Step.Truncate(2), new Step.Normalize()));
        var pooler = Pooler.open(head, 0);
        assertThat(pooler.dimension(3)).isEqualTo(2);
        assertThat(pooler.pooled(2, new float[] {3, 4, 9, 5, 12, 9}))
                .containsExactly(new float[] {0.6f, 0.8f, 5 / 13f, 12 / 13f}, within(1e-7f));
        var rows = List.of(new int[1]);
        var hidden = FloatBuffer.wrap(new float[3]);
        assertThatThrownBy(() -> pool(pooler, rows, hidden, 3))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("expected vectors that are pooled already, found token vectors");
    }

    @Test
    void anElementThatIsNotANumberIsNotHiddenByTheGreatest() {
        var hidden = FloatBuffer.wrap(new float[] {1, Float.NaN, 2});
        assertThat(pool(new Pooler(Pooling.MAX, false), List.of(new int[3]), hidden, 1))
                .containsExactly(Float.NaN);
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

    private List<int[]> rows() {
        return IntStream.range(0, random.nextInt(3, 20))
                .mapToObj(b -> Seeds.tokens(random, 30))
                .toList();
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

    /** [T, H] */
    private static FloatBuffer packed(float[][][] vectors) {
        var hiddenSize = vectors[0][0].length;
        var tokens = Arrays.stream(vectors).mapToInt(row -> row.length).sum();
        var hidden = FloatBuffer.allocate(tokens * hiddenSize);
        Arrays.stream(vectors).flatMap(Arrays::stream).forEach(hidden::put);
        return hidden.flip();
    }
}
