package dev.packhorse.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import java.nio.LongBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class PaddedBatchTest {

    @Test
    void shorterRowsEndInPaddingThatTheMaskMarks() {
        var padded = new PaddedBatch();
        fill(padded, 4, new int[] {7, 8, 9}, new int[] {5});
        assertThat(longs(padded.ids())).containsExactly(7, 8, 9, 5, 0, 0);
        assertThat(longs(padded.mask())).containsExactly(1, 1, 1, 1, 0, 0);
        assertThat(longs(padded.types())).containsExactly(0, 0, 0, 0, 0, 0);
        assertThat(padded.hidden().remaining()).isEqualTo(2 * 3 * 4);
    }

    @Test
    void whatABatchLeftBehindIsNotSeenByTheNext() {
        var padded = new PaddedBatch();
        fill(padded, 4, new int[] {7, 8, 9}, new int[] {4, 5, 6});
        fill(padded, 4, new int[] {1}, new int[] {2, 3});
        assertThat(longs(padded.ids())).containsExactly(1, 0, 2, 3);
        assertThat(longs(padded.mask())).containsExactly(1, 0, 1, 1);
        assertThat(longs(padded.types())).containsExactly(0, 0, 0, 0);
        assertThat(padded.hidden().remaining()).isEqualTo(2 * 2 * 4);
        fill(padded, 5, new int[] {1, 2, 3, 4, 5, 6, 7});
        assertThat(longs(padded.ids())).containsExactly(1, 2, 3, 4, 5, 6, 7);
        assertThat(longs(padded.mask())).containsOnly(1);
        assertThat(longs(padded.types())).containsOnly(0);
        assertThat(padded.hidden().remaining()).isEqualTo(7 * 5);
    }

    private static void fill(PaddedBatch padded, int hiddenSize, int[]... rows) {
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var batch = NestedBatch.pack(memory, List.of(rows))) {
            padded.fill(batch, hiddenSize);
        }
    }

    private static long[] longs(LongBuffer buffer) {
        var longs = new long[buffer.remaining()];
        buffer.get(longs);
        return longs;
    }
}
