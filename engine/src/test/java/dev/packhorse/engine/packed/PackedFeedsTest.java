package dev.packhorse.engine.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.gpu.RowSlice;
import dev.packhorse.engine.model.Head;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.transformer.TransformerShape;
import java.nio.IntBuffer;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PackedFeedsTest {

    private static final TransformerShape SHAPE =
            TransformerShape.bert(16, 1, 2, 24, 100, 8, 1e-12f).withPadding(1);
    private static final Pooler POOLER = new Pooler(Pooling.MEAN, true);

    private final NativeMemory memory = NativeMemory.open(Long.MAX_VALUE);

    @AfterEach
    void nothingNativeIsLeft() {
        memory.close();
    }

    private static PackedFeeds feeds(Pooler pooler, int widthMultiple) {
        return new PackedFeeds(EnumSet.allOf(PackedInput.class), SHAPE, pooler, widthMultiple);
    }

    /** The example of docs/ContribOperators.md, PackedMultiHeadAttention: rows of one, two and four tokens. */
    @Test
    void rowsAreLaidOutAsOnnxRuntimesOwnExampleHasThem() {
        try (var batch = NestedBatch.pack(memory, List.of(new int[] {9}, new int[] {8, 7}, new int[] {6, 1, 4, 3}))) {
            var feeds = feeds(POOLER, 1);
            feeds.fill(List.of(RowSlice.of(batch)), 5);
            assertThat(feeds.rows()).isEqualTo(3);
            assertThat(feeds.answer().remaining()).isEqualTo(15);
            assertThat(ints(feeds, PackedInput.TOKEN_IDS)).containsExactly(9, 8, 7, 6, 1, 4, 3);
            assertThat(ints(feeds, PackedInput.CUMULATIVE_LENGTHS)).containsExactly(0, 1, 3, 7);
            assertThat(ints(feeds, PackedInput.TOKEN_OFFSET)).containsExactly(0, 4, 5, 8, 9, 10, 11, 1, 2, 3, 6, 7);
            assertThat(feeds.feeds().get("token_offset").shape()).containsExactly(3, 4);
            assertThat(ints(feeds, PackedInput.PLACES)).containsExactly(0, 0, 1, 0, 1, 2, 3);
            // the padding token 1 has the position behind all others, and is not counted
            assertThat(ints(feeds, PackedInput.POSITIONS)).containsExactly(0, 0, 1, 0, 8, 1, 2);
        }
    }

    @Test
    void partsOfBatchesShareALaunchAndBuffersAreUsedAgain() {
        try (var one = NestedBatch.pack(memory, List.of(new int[] {9}, new int[] {8, 7}));
                var other = NestedBatch.pack(memory, List.of(new int[] {6, 5, 4, 3, 2}, new int[] {2, 3}))) {
            var feeds = feeds(POOLER, 8);
            feeds.fill(List.of(RowSlice.of(other)), 5);
            feeds.fill(List.of(new RowSlice(one, 1, 2), new RowSlice(other, 1, 2)), 5);
            assertThat(ints(feeds, PackedInput.TOKEN_IDS)).containsExactly(8, 7, 2, 3);
            assertThat(ints(feeds, PackedInput.CUMULATIVE_LENGTHS)).containsExactly(0, 2, 4);
            assertThat(feeds.feeds().get("token_offset").shape()).containsExactly(2, 8); // rounded up
            assertThat(ints(feeds, PackedInput.TOKEN_OFFSET))
                    .startsWith(0, 1, 8, 9)
                    .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        }
    }

    @Test
    void rowsThatTheModelDoesNotTakeAreRefused() {
        assertRefused(new int[] {2, 100}, POOLER, "expected a token id below 100, found 100");
        assertRefused(new int[] {2, -1}, POOLER, "expected a token id below 100, found -1");
        assertRefused(new int[9], POOLER, "expected rows of at most 8 tokens, found one of 9");
        assertRefused(
                new int[] {2, 3},
                Pooler.open(new Head(List.of(Pooling.MEAN), false, List.of()), 2),
                "expected a text of more tokens than the 2 of the prompt, which this model does not pool, found 2; the prompt is too long for the maximum length");
    }

    private void assertRefused(int[] row, Pooler pooler, String message) {
        try (var batch = NestedBatch.pack(memory, List.of(row))) {
            assertThatThrownBy(() -> feeds(pooler, 1).fill(List.of(RowSlice.of(batch)), 5))
                    .isInstanceOf(EncoderException.class)
                    .hasMessage(message);
        }
    }

    private static int[] ints(PackedFeeds feeds, PackedInput input) {
        IntBuffer buffer = feeds.feed(input);
        var values = new int[buffer.remaining()];
        buffer.get(0, values);
        return values;
    }
}
