package dev.packhorse.engine.nested;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteOrder;
import java.util.ArrayList;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.memory.util.MemoryUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NativeBufferTest {

    private NativeMemory memory;

    @BeforeEach
    void open() {
        memory = NativeMemory.open(Long.MAX_VALUE);
    }

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void itsAddressIsAMultipleOf64WhateverIsAllocatedBesides() {
        var buffers = new ArrayList<NativeBuffer>();
        for (var bytes : new long[] {0, 1, 8, 63, 64, 65, 100, 1000, 4096, 70_000, 5 << 20}) {
            buffers.add(NativeBuffer.allocate(memory, bytes));
        }
        for (var buffer : buffers) {
            assertThat(buffer.address() % 64).as("%d bytes", buffer.bytes()).isZero();
        }
        buffers.forEach(NativeBuffer::close);
    }

    /** Memory that was used before and given back is not zero by itself. */
    @Test
    void itIsZeroWhereverItsMemoryWasBefore() {
        for (var round = 0; round < 50; round++) {
            try (var buffer = NativeBuffer.allocate(memory, 1000)) {
                var view = buffer.view();
                assertThat(view.remaining()).isEqualTo(1000);
                while (view.hasRemaining()) {
                    assertThat(view.get()).isZero();
                }
                for (var i = 0; i < 1000; i++) {
                    view.put(i, (byte) 0xff);
                }
            }
        }
    }

    @Test
    void viewsShowWhatNativeCodeSeesAtItsAddress() {
        try (var buffer = NativeBuffer.allocate(memory, 20)) {
            buffer.floats(0, 5).put(new float[] {1, 2, 3, 4, 5});
            var outside = MemoryUtil.directBuffer(buffer.address(), 20).order(ByteOrder.nativeOrder());
            assertThat(outside.getFloat(0)).isEqualTo(1);
            assertThat(outside.getFloat(16)).isEqualTo(5);
            outside.putFloat(8, 33);

            assertThat(buffer.view().getFloat(8)).isEqualTo(33);
            var middle = buffer.floats(2, 2);
            assertThat(middle.remaining()).isEqualTo(2);
            assertThat(middle.get(0)).isEqualTo(33);
            assertThat(middle.get(1)).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-1 | 1 | expected 4 bytes at -4 within 19",
                "0 | 5 | expected 20 bytes at 0 within 19", // the last float would be of three bytes
                "4 | 1 | expected 4 bytes at 16 within 19",
                "5 | 0 | expected 0 bytes at 20 within 19",
                "1 | -1 | expected -4 bytes at 4 within 19",
                "0 | 2147483647 | expected 8589934588 bytes at 0 within 19",
                // the last byte's index would be negative
                "2305843009213693951 | 1 | expected 4 bytes at 9223372036854775804 within 19",
            })
    void aViewBeyondItIsRefused(long first, int count, String message) {
        try (var buffer = NativeBuffer.allocate(memory, 19)) {
            assertThatThrownBy(() -> buffer.floats(first, count))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessage(message);
        }
    }

    @Test
    void aViewUpToItsEndIsGiven() {
        try (var buffer = NativeBuffer.allocate(memory, 20)) {
            assertThat(buffer.floats(4, 1).remaining()).isEqualTo(1);
            assertThat(buffer.floats(5, 0).remaining()).isZero();
            assertThat(buffer.bytes()).isEqualTo(20);
        }
    }

    @Test
    void itCountsAsItsMemorysUntilItIsClosedOnceOrTwice() {
        var first = NativeBuffer.allocate(memory, 1000);
        var one = memory.allocatedBytes();
        assertThat(one).isGreaterThanOrEqualTo(1000);
        var second = NativeBuffer.allocate(memory, 1000);
        assertThat(memory.allocatedBytes()).isEqualTo(2 * one);

        first.close();
        first.close();
        assertThat(memory.allocatedBytes()).isEqualTo(one);
        second.view().put(999, (byte) 1);

        second.close();
        assertThat(memory.allocatedBytes()).isZero();
        assertThat(memory.peakBytes()).isGreaterThanOrEqualTo(2 * one);
    }

    @Test
    void memoryWithAnOpenBufferCannotBeClosedSilently() {
        var other = NativeMemory.open(Long.MAX_VALUE);
        NativeBuffer.allocate(other, 1000);
        var held = other.allocatedBytes();
        assertThatThrownBy(other::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "expected native memory to be given back before it is closed, found " + held + " bytes in use")
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void aBufferBeyondTheLimitFailsAndLeavesNothingBehind() {
        try (var small = NativeMemory.open(1024)) {
            assertThatThrownBy(() -> NativeBuffer.allocate(small, 1025))
                    .isInstanceOf(OutOfMemoryException.class)
                    .hasMessageStartingWith("Unable to allocate buffer of size ");
            assertThat(small.allocatedBytes()).isZero();
        }
    }
}
