package dev.packhorse.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxJavaType;
import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.padded.InputKind;
import dev.packhorse.engine.transformer.TransformerShape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PaddedBatchTest {

    private static final List<GraphInput> ALL = Stream.of(InputKind.values())
            .map(k -> new GraphInput(k, OnnxJavaType.INT64))
            .toList();

    private static PaddedBatch bert() {
        return new PaddedBatch(ALL, TransformerShape.NO_PADDING);
    }

    @Test
    void shorterRowsEndInPaddingThatTheMaskMarks() {
        var padded = bert();
        fill(padded, 24, new int[] {7, 8, 9}, new int[] {5});
        assertThat(longs(padded, InputKind.TOKENS)).containsExactly(7, 8, 9, 5, 0, 0);
        assertThat(longs(padded, InputKind.MASK)).containsExactly(1, 1, 1, 1, 0, 0);
        assertThat(longs(padded, InputKind.TYPES)).containsExactly(0, 0, 0, 0, 0, 0);
        assertThat(longs(padded, InputKind.POSITIONS)).containsExactly(0, 1, 2, 0, 1, 2);
        assertThat(padded.answer().remaining()).isEqualTo(24);
    }

    @Test
    void positionsOfRobertaStartBehindItsPaddingToken() {
        var padded = new PaddedBatch(ALL, 1);
        fill(padded, 0, new int[] {7, 8, 9}, new int[] {5});
        assertThat(longs(padded, InputKind.TOKENS)).containsExactly(7, 8, 9, 5, 1, 1);
        assertThat(longs(padded, InputKind.MASK)).containsExactly(1, 1, 1, 1, 0, 0);
        assertThat(longs(padded, InputKind.POSITIONS)).containsExactly(2, 3, 4, 2, 1, 1);
    }

    /** transformers, create_position_ids_from_input_ids: a padding token is not counted wherever it stands. */
    @Test
    void aPaddingTokenAmongTheOthersIsNotCounted() {
        var padded = new PaddedBatch(ALL, 1);
        fill(padded, 0, new int[] {0, 1, 7, 2});
        assertThat(longs(padded, InputKind.POSITIONS)).containsExactly(2, 1, 3, 4);
        assertThat(longs(padded, InputKind.MASK)).containsExactly(1, 1, 1, 1);
    }

    @Test
    void integersAreAsWideAsTheGraphWantsThem() {
        var padded = new PaddedBatch(
                List.of(
                        new GraphInput(InputKind.MASK, OnnxJavaType.INT32),
                        new GraphInput(InputKind.TOKENS, OnnxJavaType.INT64)),
                TransformerShape.NO_PADDING);
        fill(padded, 0, new int[] {7, 8}, new int[] {5});
        var mask = new int[4];
        assertThat(padded.cells(InputKind.MASK).remaining()).isEqualTo(16);
        padded.cells(InputKind.MASK).asIntBuffer().get(mask);
        assertThat(mask).containsExactly(1, 1, 1, 0);
        assertThat(longs(padded, InputKind.TOKENS)).containsExactly(7, 8, 5, 0);
        assertThatThrownBy(() -> padded.cells(InputKind.TYPES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("token_type_ids is not fed");
    }

    @Test
    void whatABatchLeftBehindIsNotSeenByTheNext() {
        var random = Seeds.random();
        var used = bert();
        for (var round = 0; round < 100; round++) {
            var rows = IntStream.range(0, random.nextInt(1, 8))
                    .mapToObj(b -> Seeds.tokens(random, 20))
                    .toArray(int[][]::new);
            var fresh = bert();
            fill(used, round, rows);
            fill(fresh, round, rows);
            for (var kind : InputKind.values()) {
                assertThat(longs(used, kind)).containsExactly(longs(fresh, kind));
            }
            assertThat(used.answer().remaining()).isEqualTo(round);
            assertThat(Arrays.stream(longs(used, InputKind.MASK)).sum())
                    .isEqualTo(Arrays.stream(rows).mapToInt(row -> row.length).sum());
        }
    }

    private static void fill(PaddedBatch padded, int answerSize, int[]... rows) {
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var batch = NestedBatch.pack(memory, List.of(rows))) {
            padded.fill(batch, answerSize);
        }
    }

    private static long[] longs(PaddedBatch padded, InputKind kind) {
        var buffer = padded.cells(kind).asLongBuffer();
        var longs = new long[buffer.remaining()];
        buffer.get(longs);
        return longs;
    }
}
