package dev.packhorse.engine.nested;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Seeds;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.memory.util.MemoryUtil;
import org.junit.jupiter.api.Test;

class NestedBatchTest {

    private static final List<int[]> ROWS = List.of(new int[] {7, 8, 9}, new int[] {1}, new int[] {4, 5});

    @Test
    void valuesAreTheRowsEndToEndAndOffsetsTheCumulativeLengths() {
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var batch = NestedBatch.pack(memory, ROWS)) {
            assertThat(ints(batch.values())).containsExactly(7, 8, 9, 1, 4, 5);
            assertThat(ints(batch.offsets())).containsExactly(0, 3, 4, 6);
            assertThat(batch.size()).isEqualTo(3);
            assertThat(batch.tokens()).isEqualTo(6);
            assertThat(batch.longest()).isEqualTo(3);
        }
    }

    @Test
    void oneRowIsABatch() {
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var batch = NestedBatch.pack(memory, List.of(new int[] {Integer.MIN_VALUE, 0, Integer.MAX_VALUE}))) {
            assertThat(ints(batch.values())).containsExactly(Integer.MIN_VALUE, 0, Integer.MAX_VALUE);
            assertThat(ints(batch.offsets())).containsExactly(0, 3);
            assertThat(batch.longest()).isEqualTo(3);
        }
    }

    @Test
    void anyRowsComeBackAsTheyWere() {
        var random = Seeds.random();
        try (var memory = NativeMemory.open(Long.MAX_VALUE)) {
            // sizes on both sides of the powers of two that Arrow rounds its buffers to
            for (var size : new int[] {1, 2, 7, 8, 9, 63, 64, 65, 1023, 1024, 1025, 5000}) {
                var rows = new ArrayList<int[]>();
                for (var b = 0; b < size; b++) {
                    rows.add(Seeds.tokens(random, 40));
                }
                try (var batch = NestedBatch.pack(memory, rows)) {
                    assertRows(batch, rows);
                }
            }
            assertThat(memory.allocatedBytes()).isZero();
        }
    }

    @Test
    void aLongRowAmongManyShortOnesComesBackAsItWas() {
        var rows = new ArrayList<>(Collections.nCopies(2000, new int[] {3}));
        rows.set(1000, Seeds.random().ints(100_000).toArray());
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var batch = NestedBatch.pack(memory, rows)) {
            assertRows(batch, rows);
            assertThat(batch.longest()).isEqualTo(100_000);
        }
    }

    private static void assertRows(NestedBatch batch, List<int[]> rows) {
        var values = batch.values();
        var offsets = batch.offsets();
        assertThat(batch.size()).isEqualTo(rows.size());
        assertThat(offsets.remaining()).isEqualTo(rows.size() + 1);
        assertThat(values.remaining()).isEqualTo(batch.tokens());
        assertThat(offsets.get(rows.size())).isEqualTo(batch.tokens());
        for (var b = 0; b < rows.size(); b++) {
            var row = new int[offsets.get(b + 1) - offsets.get(b)];
            values.get(offsets.get(b), row);
            assertThat(row).isEqualTo(rows.get(b));
        }
    }

    @Test
    void theBatchKeepsItsOwnCopyOfTheRows() {
        var row = new int[] {1, 2, 3};
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var batch = NestedBatch.pack(memory, List.of(row))) {
            row[1] = 99;
            assertThat(ints(batch.values())).containsExactly(1, 2, 3);
        }
    }

    @Test
    void viewsCannotBeWrittenAndDoNotMoveEachOther() {
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var batch = NestedBatch.pack(memory, ROWS)) {
            var moved = batch.values().position(4);
            assertThat(batch.values().position()).isZero();
            assertThat(batch.offsets().position()).isZero();
            assertThatThrownBy(() -> moved.put(1)).isInstanceOf(ReadOnlyBufferException.class);
            assertThatThrownBy(() -> batch.offsets().put(0, 1)).isInstanceOf(ReadOnlyBufferException.class);
        }
    }

    @Test
    void nativeAddressesHoldWhatTheViewsShow() {
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var batch = NestedBatch.pack(memory, ROWS)) {
            assertThat(at(batch.valuesAddress(), batch.tokens())).isEqualTo(batch.values());
            assertThat(at(batch.offsetsAddress(), batch.size() + 1)).isEqualTo(batch.offsets());
        }
    }

    /** What native code would read there. */
    private static IntBuffer at(long address, int ints) {
        return MemoryUtil.directBuffer(address, ints * Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .asIntBuffer();
    }

    @Test
    void noRowsAreNoBatch() {
        try (var memory = NativeMemory.open(Long.MAX_VALUE)) {
            assertThatThrownBy(() -> NestedBatch.pack(memory, List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("expected at least one row, found none");
            assertThat(memory.allocatedBytes()).isZero();
        }
    }

    @Test
    void aRowWithoutTokensIsNamed() {
        try (var memory = NativeMemory.open(Long.MAX_VALUE)) {
            assertThatThrownBy(() -> NestedBatch.pack(memory, List.of(new int[] {1}, new int[0])))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("expected at least one token in row 1, found none");
            assertThat(memory.allocatedBytes()).isZero();
        }
    }

    @Test
    void moreTokensThanAnIntCountsAreRefusedBeforeAnythingIsAllocated() {
        var row = new int[1 << 20];
        try (var memory = NativeMemory.open(Long.MAX_VALUE)) {
            assertThatThrownBy(() -> NestedBatch.pack(memory, Collections.nCopies(1 << 11, row)))
                    .isInstanceOf(ArithmeticException.class)
                    .hasMessage("integer overflow");
            assertThat(memory.peakBytes()).isZero();
        }
    }

    @Test
    void closingGivesTheMemoryBackOnceAndOnlyOnce() {
        try (var memory = NativeMemory.open(Long.MAX_VALUE)) {
            var first = NestedBatch.pack(memory, ROWS);
            var one = memory.allocatedBytes();
            var second = NestedBatch.pack(memory, ROWS);
            assertThat(one).isPositive();
            assertThat(memory.allocatedBytes()).isEqualTo(2 * one);
            assertThat(memory.peakBytes()).isGreaterThanOrEqualTo(2 * one);

            first.close();
            first.close();
            assertThat(memory.allocatedBytes()).isEqualTo(one);
            assertThat(ints(second.values())).containsExactly(7, 8, 9, 1, 4, 5);

            second.close();
            assertThat(memory.allocatedBytes()).isZero();
        }
    }

    @Test
    void memoryThatIsNotGivenBackIsReportedWhenItIsClosed() {
        var memory = NativeMemory.open(Long.MAX_VALUE);
        NestedBatch.pack(memory, ROWS);
        var held = memory.allocatedBytes();
        assertThatThrownBy(memory::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "expected native memory to be given back before it is closed, found " + held + " bytes in use")
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void memoryClosesTwice() {
        var memory = NativeMemory.open(Long.MAX_VALUE);
        NestedBatch.pack(memory, ROWS).close();
        memory.close();
        memory.close();
    }

    @Test
    void aBatchBeyondTheLimitFailsAndLeavesNothingBehind() {
        // each limit lets the packing come a little further: to offsets, to validity bits, to tokens
        for (var limit : new long[] {0, 64, 4 << 10, 16 << 10, 64 << 10}) {
            try (var memory = NativeMemory.open(limit)) {
                assertThatThrownBy(() -> NestedBatch.pack(memory, List.of(new int[50_000])))
                        .isInstanceOf(OutOfMemoryException.class)
                        .hasMessageMatching("(?s)Failure while allocating memory|Unable to allocate buffer of size .*");
                assertThat(memory.allocatedBytes()).isZero();
            }
        }
    }

    @Test
    void afterABatchBeyondTheLimitASmallerOneStillFits() {
        try (var memory = NativeMemory.open(64 << 10)) {
            assertThatThrownBy(() -> NestedBatch.pack(memory, List.of(new int[50_000])))
                    .isInstanceOf(OutOfMemoryException.class);
            try (var batch = NestedBatch.pack(memory, ROWS)) {
                assertThat(ints(batch.values())).containsExactly(7, 8, 9, 1, 4, 5);
            }
        }
    }

    private static int[] ints(IntBuffer buffer) {
        var ints = new int[buffer.remaining()];
        buffer.get(ints);
        return ints;
    }
}
