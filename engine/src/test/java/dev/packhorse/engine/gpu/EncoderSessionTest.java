package dev.packhorse.engine.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.EncodedRows;
import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.TinyBertWeights;
import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.EncoderInfo;
import dev.packhorse.engine.model.Head;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.reference.PlainEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EncoderSessionTest {

    private final NativeMemory memory = NativeMemory.open(Long.MAX_VALUE);

    @AfterEach
    void nothingNativeIsLeft() {
        memory.close();
    }

    static Encoder plain() {
        try (var weights = TinyBertWeights.open()) {
            return new PlainEncoder(weights, Pooler.open(Head.of(Pooling.MEAN, true), 0));
        }
    }

    /** An encoder with memory for so many tokens, which says what it was asked for. */
    private static final class Limited implements Encoder {
        private final Encoder encoder = plain();
        private final int tokens;
        final List<String> batches = new ArrayList<>();
        boolean closed;

        Limited(int tokens) {
            this.tokens = tokens;
        }

        @Override
        public EncoderInfo info() {
            return encoder.info();
        }

        @Override
        public float[] encode(NestedBatch batch) {
            batches.add("%d rows, %d tokens".formatted(batch.size(), batch.tokens()));
            if (batch.tokens() > tokens) {
                throw new EncoderException(
                        "ONNX Runtime failed: Failed to allocate memory for requested buffer of size 9");
            }
            return encoder.encode(batch);
        }

        @Override
        public void close() {
            closed = true;
            encoder.close();
        }
    }

    @Test
    void aLaunchIsACallForEachBatchAndAPartIsPackedAnew() {
        var encoder = new Limited(Integer.MAX_VALUE);
        var rows = List.of(new int[] {7, 8}, new int[] {9}, new int[] {10, 11, 12}, new int[] {13});
        var alone = EncodedRows.alone(memory, encoder, rows);
        encoder.batches.clear();
        try (var session = new EncoderSession(encoder, memory);
                var batch = NestedBatch.pack(memory, rows)) {
            assertThat(session.info()).isEqualTo(encoder.info());
            var d = session.info().dimension();
            assertThat(session.launch(List.of(RowSlice.of(batch)))).hasSize(4 * d);
            var found =
                    session.launch(List.of(new RowSlice(batch, 2, 4), RowSlice.of(batch), new RowSlice(batch, 0, 1)));
            var order = new int[] {2, 3, 0, 1, 2, 3, 0};
            assertThat(found).hasSize(order.length * d);
            for (var b = 0; b < order.length; b++) {
                assertThat(Arrays.copyOfRange(found, b * d, (b + 1) * d)).containsExactly(alone[order[b]]);
            }
        }
        assertThat(encoder.batches)
                .containsExactly("4 rows, 7 tokens", "2 rows, 4 tokens", "4 rows, 7 tokens", "1 rows, 2 tokens");
        assertThat(encoder.closed).isTrue();
    }

    @Test
    void memoryThatRanOutIsToldFromOtherFailures() {
        try (var session = new EncoderSession(new Limited(3), memory);
                var large = NestedBatch.pack(memory, List.of(new int[] {7, 8}, new int[] {9, 10}, new int[] {11}));
                var strange = NestedBatch.pack(memory, List.of(new int[] {999}))) {
            assertThatThrownBy(() -> session.launch(List.of(RowSlice.of(large))))
                    .isInstanceOf(OutOfDeviceMemoryException.class)
                    .hasMessage("ONNX Runtime failed: Failed to allocate memory for requested buffer of size 9")
                    .hasCauseInstanceOf(EncoderException.class);
            assertThatThrownBy(() -> session.launch(List.of(RowSlice.of(strange))))
                    .isInstanceOf(EncoderException.class);
        }
    }

    @Test
    void behindTheQueueAnEncoderGivesTheVectorsThatItGivesAlone() {
        var random = Seeds.random();
        var rows =
                IntStream.range(0, 60).mapToObj(i -> Seeds.tokens(random, 64)).toList();
        float[][] alone;
        try (var encoder = plain()) {
            alone = EncodedRows.alone(memory, encoder, rows);
        }
        for (var memoryFor : List.of(64, 100, Integer.MAX_VALUE)) {
            var at = new AtomicInteger();
            try (var queue = DeviceQueue.open(
                            List.of(
                                    () -> new EncoderSession(new Limited(memoryFor), memory),
                                    () -> new EncoderSession(new Limited(memoryFor), memory)),
                            1_000,
                            4);
                    var tasks = new Tasks()) {
                assertThat(queue.info()).isEqualTo(plain().info());
                for (var task = 0; task < 4; task++) {
                    tasks.start(() -> {
                        for (var from = at.getAndAdd(6); from < rows.size(); from = at.getAndAdd(6)) {
                            var found = EncodedRows.together(memory, queue, rows.subList(from, from + 6));
                            for (var b = 0; b < 6; b++) {
                                assertThat(found[b]).containsExactly(alone[from + b]);
                            }
                        }
                    });
                }
                tasks.join();
            }
        }
    }
}
