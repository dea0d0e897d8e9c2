package dev.packhorse.engine.packed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Closeness;
import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.gpu.RowSlice;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.transformer.RandomWeights;
import dev.packhorse.engine.transformer.TransformerShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RectanglesTest {

    private final RandomGenerator random = Seeds.random();
    private final NativeMemory memory = NativeMemory.open(Long.MAX_VALUE);

    @AfterEach
    void nothingNativeIsLeft() {
        memory.close();
    }

    @Test
    void rowsThatFitStayTogether() {
        try (var batch = batch(4, 3, 1)) {
            assertThat(Rectangles.cut(List.of(RowSlice.of(batch)), width -> 12))
                    .containsExactly(List.of(new RowSlice(batch, 0, 3)));
        }
    }

    @Test
    void aLongRowDoesNotMakeARectangleOfManyShortOnes() {
        try (var one = batch(9, 2, 2, 2);
                var other = batch(2, 1, 30)) {
            var parts = Rectangles.cut(List.of(RowSlice.of(one), new RowSlice(other, 0, 3)), width -> 18);
            assertThat(parts)
                    .containsExactly(
                            List.of(new RowSlice(one, 0, 2)), // 2 rows of 9 cells
                            List.of(new RowSlice(one, 2, 4), new RowSlice(other, 0, 2)),
                            List.of(new RowSlice(other, 2, 3))); // wider than there may be cells
        }
    }

    @Test
    void everyRowIsInOnePartAndNoPartIsTooLarge() {
        for (var round = 0; round < 200; round++) {
            var lengths = random.ints(random.nextInt(1, 40), 1, 50).toArray();
            var most = random.nextInt(1, 200);
            try (var batch = batch(lengths)) {
                var next = 0;
                for (var part : Rectangles.cut(List.of(RowSlice.of(batch)), width -> most)) {
                    var slice = part.get(0);
                    assertThat(part).hasSize(1);
                    assertThat(slice.from()).isEqualTo(next);
                    next = slice.to();
                    var longest = 0;
                    for (var b = slice.from(); b < slice.to(); b++) {
                        longest = Math.max(longest, lengths[b]);
                    }
                    assertThat(slice.rows() == 1 || slice.rows() * longest <= most)
                            .isTrue();
                }
                assertThat(next).isEqualTo(lengths.length);
            }
        }
    }

    @Test
    void aLaunchThatIsCutHasTheVectorsOfItsRowsAlone() {
        var shape = TransformerShape.bert(16, 1, 2, 24, 100, 200, 1e-12f);
        var rows = new ArrayList<int[]>();
        for (var length : new int[] {200, 5, 30, 2, 40, 7}) {
            rows.add(random.ints(length, 0, 100).toArray());
        }
        try (var session = PackedSession.open(
                        memory,
                        new RandomWeights(shape, 7),
                        new Pooler(Pooling.MEAN, true),
                        Precision.FLOAT32,
                        new Target.Cpu(1),
                        100);
                var batch = NestedBatch.pack(memory, rows)) {
            var together = session.launch(List.of(RowSlice.of(batch)));
            for (var b = 0; b < rows.size(); b++) {
                var alone = session.launch(List.of(new RowSlice(batch, b, b + 1)));
                assertThat(Closeness.difference(alone, Arrays.copyOfRange(together, 16 * b, 16 * (b + 1))))
                        .isLessThanOrEqualTo(1e-5);
            }
        }
    }

    private NestedBatch batch(int... lengths) {
        var rows = new ArrayList<int[]>();
        for (var length : lengths) {
            rows.add(new int[length]);
        }
        return NestedBatch.pack(memory, rows);
    }
}
