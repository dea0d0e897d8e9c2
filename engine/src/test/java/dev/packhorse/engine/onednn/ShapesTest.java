package dev.packhorse.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Closeness;
import dev.packhorse.engine.EncodedRows;
import dev.packhorse.engine.NestedMachine;
import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.reference.PlainEncoder;
import dev.packhorse.engine.transformer.LayerAttention;
import dev.packhorse.engine.transformer.OddShapes;
import dev.packhorse.engine.transformer.RandomWeights;
import dev.packhorse.engine.transformer.Rotation;
import dev.packhorse.engine.transformer.TransformerShape;
import dev.packhorse.engine.transformer.TransformerShape.NormOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The nested encoder computes what the reference does, for shapes of no family too and for rows of any length. */
class ShapesTest {

    private static final int POSITIONS = 1_200;
    private static final int VOCABULARY = 100;
    private static final TransformerShape BERT = TransformerShape.bert(16, 2, 2, 24, VOCABULARY, POSITIONS, 1e-12f);
    private static final Pooler POOLER = new Pooler(Pooling.MEAN, false);

    private final RandomGenerator random = Seeds.random();

    static List<TransformerShape> shapes() {
        return OddShapes.of(BERT);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void everyShapeIsEncodedAsTheReferenceDoes(TransformerShape shape) {
        NestedMachine.assume();
        assertSame(shape, Precision.FLOAT32, 0.99999, rows(1, 2, 30, 150, 7));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void everyShapeCanBeQuantized(TransformerShape shape) {
        NestedMachine.assume();
        assertSame(shape, Precision.INT8, 0.98, rows(40, 150, 20));
    }

    /** Whatever blocks a row is cut into, a few tokens more or less. */
    @ParameterizedTest
    @ValueSource(ints = {126, 145, 257, 511, 513, 1_023, 1_200})
    void longRowsAreAttendedBlockByBlock(int length) {
        NestedMachine.assume();
        var layers = List.of(
                new LayerAttention(LayerAttention.ALL, Rotation.NONE),
                new LayerAttention(1 + random.nextInt(100), Rotation.NONE));
        assertSame(
                BERT.with(layers).withRelativePositions(),
                Precision.FLOAT32,
                0.99999,
                rows(length, 3, Math.min(POSITIONS, length + 1), length - 1));
    }

    /** Where the vectors of rows differ, this says in which layer it began; and a mean over tokens would hide one token. */
    @ParameterizedTest
    @MethodSource("shapes")
    void eachTokenOfEachLayerIsThatOfTheReference(TransformerShape shape) {
        NestedMachine.assume();
        var weights = new RandomWeights(shape, random.nextInt(1_000));
        var row = rows(random.nextInt(1, 200)).get(0);
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var plain = new PlainEncoder(weights, POOLER);
                var packed = new PackedWeights(memory, weights, Numbers.of(Precision.FLOAT32), 200, List.of());
                var workspace = new Workspace(memory, packed, 200);
                var batch = NestedBatch.pack(memory, List.of(row))) {
            var expected = plain.states(row);
            var seen = new ArrayList<Integer>();
            new ForwardPass(packed, workspace).run(batch, (layer, state) -> {
                seen.add(layer);
                var found = state.floats(0, row.length * shape.hidden()); // [T, H]
                for (var t = 0; t < row.length; t++) {
                    var token = new float[shape.hidden()];
                    found.get(token);
                    assertThat(Closeness.difference(expected.get(layer)[t], token))
                            .as("after %d layers, token %d of %d", layer, t, row.length)
                            .isLessThanOrEqualTo(1e-4 * greatest(expected.get(layer)));
                }
            });
            assertThat(seen).hasSize(shape.layers().size() + 1);
        }
    }

    private static double greatest(float[][] values) {
        return Arrays.stream(values)
                .flatMapToDouble(row -> IntStream.range(0, row.length).mapToDouble(i -> Math.abs(row[i])))
                .max()
                .orElseThrow();
    }

    private List<int[]> rows(int... lengths) {
        return IntStream.of(lengths)
                .mapToObj(length -> random.ints(length, 0, VOCABULARY).toArray())
                .toList();
    }

    private void assertSame(TransformerShape shape, Precision precision, double least, List<int[]> rows) {
        var weights = new RandomWeights(shape, random.nextInt(1_000));
        var tokens = rows.stream().mapToInt(row -> row.length).sum();
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var plain = new PlainEncoder(weights, POOLER);
                var nested = new NestedEncoder(memory, weights, POOLER, precision, tokens, rows, 1)) {
            assertThat(Closeness.worst(
                                    EncodedRows.together(memory, plain, rows),
                                    EncodedRows.together(memory, nested, rows))
                            .cosine())
                    .isGreaterThanOrEqualTo(least);
        }
    }

    /** A window reaches as many tokens to either side as it says, and not one more. */
    @ParameterizedTest
    @EnumSource(NormOrder.class)
    void aTokenBeyondTheWindowIsNotSeen(NormOrder order) {
        NestedMachine.assume();
        var window = 20;
        var shape = TransformerShape.bert(16, 1, 2, 24, VOCABULARY, POSITIONS, 1e-12f)
                .with(order)
                .with(List.of(new LayerAttention(window, Rotation.NONE)));
        var first = new Pooler(Pooling.CLS, false);
        var row = rows(900).get(0);
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var encoder = new NestedEncoder(
                        memory, new RandomWeights(shape, 1), first, Precision.FLOAT32, 1_000, List.of(), 1)) {
            var before = EncodedRows.together(memory, encoder, List.of(row));
            var other = row.clone();
            other[window + 1] = (other[window + 1] + 1) % VOCABULARY;
            assertThat(EncodedRows.together(memory, encoder, List.of(other))).isDeepEqualTo(before);
            other[window] = (other[window] + 1) % VOCABULARY;
            assertThat(Closeness.worst(before, EncodedRows.together(memory, encoder, List.of(other)))
                            .difference())
                    .isGreaterThan(1e-6);
        }
    }

    @Test
    void blocksCoverARowAndItsWindows() {
        for (var length = 1; length <= 3_000; length += 1 + random.nextInt(20)) {
            for (var window : List.of(1, 8, 64, 100, 700, LayerAttention.ALL)) {
                var attention = new LayerAttention(window, Rotation.NONE);
                var block = Block.of(length, attention);
                var rounded = Rounding.length(length);
                assertThat(block.queries() * block.keys()).isLessThanOrEqualTo(Block.mostScores(length));
                for (var next = 0; next < length; next += block.queries()) {
                    var query = block.firstQuery(next, length);
                    var key = block.firstKey(query, length);
                    assertThat(query).isBetween(0, next);
                    assertThat(query + block.queries()).isLessThanOrEqualTo(rounded);
                    assertThat(key).isGreaterThanOrEqualTo(0);
                    assertThat(key + block.keys()).isLessThanOrEqualTo(rounded);
                    assertThat(key).isLessThanOrEqualTo((int) Math.max(0, (long) query - window));
                    assertThat((long) key + block.keys())
                            .isGreaterThanOrEqualTo(Math.min(length, (long) query + block.queries() - 1 + window + 1));
                }
            }
        }
    }
}
