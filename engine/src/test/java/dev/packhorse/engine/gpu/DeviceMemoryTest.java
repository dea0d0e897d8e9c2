package dev.packhorse.engine.gpu;

import static dev.packhorse.engine.gpu.FakeDevice.openers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.EncodedRows;
import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Devices whose memory runs out. */
class DeviceMemoryTest {

    private final NativeMemory memory = NativeMemory.open(Long.MAX_VALUE);

    @AfterEach
    void nothingNativeIsLeft() {
        memory.close();
    }

    private static List<int[]> rows(int count, int length) {
        return IntStream.range(0, count).mapToObj(i -> new int[length]).toList();
    }

    private static float[][] vectors(List<int[]> rows) {
        return rows.stream().map(FakeDevice::vector).toArray(float[][]::new);
    }

    @Test
    void aLaunchIsHalvedUntilItFitsAndTheSizeIsRemembered() {
        var device = new FakeDevice("0").withMemoryFor(5);
        try (var queue = DeviceQueue.open(openers(device), 100, 9)) {
            for (var round = 0; round < 2; round++) {
                var rows = rows(8, 2); // 16 tokens, then at most 8, then at most 4
                assertThat(EncodedRows.together(memory, queue, rows)).isDeepEqualTo(vectors(rows));
            }
        }
        assertThat(device.launches)
                .containsExactly(
                        "[8:0-8]", "[8:0-4]", "[8:0-2]", "[8:2-4]", "[8:4-6]", "[8:6-8]", // and never more again
                        "[8:0-2]", "[8:2-4]", "[8:4-6]", "[8:6-8]");
    }

    @Test
    void whatIsRememberedIsNeverMoreThanTheBudget() {
        var device = new FakeDevice("0").withMemoryFor(19);
        var rows = List.of(new int[20], new int[1], new int[2], new int[3]);
        try (var queue = DeviceQueue.open(openers(device), 4, 9)) {
            assertThatThrownBy(() -> EncodedRows.together(memory, queue, rows)).isInstanceOf(EncoderException.class);
            assertThat(EncodedRows.together(memory, queue, rows.subList(1, 4)))
                    .isDeepEqualTo(vectors(rows.subList(1, 4)));
        }
        assertThat(device.launches).containsExactly("[4:0-1]", "[3:0-2]", "[3:2-3]");
    }

    @Test
    void aRowThatDoesNotFitAloneFailsItsBatchAndMakesNoLimitSmaller() {
        var device = new FakeDevice("0").withMemoryFor(8);
        var rows = List.of(new int[2], new int[9], new int[3]);
        try (var queue = DeviceQueue.open(openers(device), 8, 9)) {
            for (var round = 0; round < 3; round++) {
                assertThatThrownBy(() -> EncodedRows.together(memory, queue, rows))
                        .isInstanceOf(EncoderException.class)
                        .hasMessage("not enough memory on cuda:0 for one row of 9 tokens: no room for 9");
            }
            var fitting = rows(4, 2);
            assertThat(EncodedRows.together(memory, queue, fitting)).isDeepEqualTo(vectors(fitting));
        }
        assertThat(device.launches).hasSize(7).endsWith("[4:0-4]");
    }

    @Test
    void theOthersOfALaunchGetTheirVectorsWhereOneHasARowThatDoesNotFit() {
        var begun = new CountDownLatch(1);
        var held = new CountDownLatch(1);
        var device = new FakeDevice("0").withMemoryFor(6).before(rows -> {
            begun.countDown();
            Tasks.await(held);
        });
        var good = List.of(new int[] {1, 2}, new int[] {3}, new int[] {4, 5, 6});
        try (var queue = DeviceQueue.open(openers(device), 100, 9);
                var tasks = new Tasks()) {
            try {
                tasks.start(() -> EncodedRows.together(memory, queue, rows(3, 1)));
                Tasks.await(begun);
                tasks.start(() ->
                        assertThat(EncodedRows.together(memory, queue, good)).isDeepEqualTo(vectors(good)));
                Tasks.until(() -> queue.waiting() == 1);
                tasks.start(() -> assertThatThrownBy(
                                () -> EncodedRows.together(memory, queue, List.of(new int[1], new int[7], new int[1])))
                        .isInstanceOf(EncoderException.class)
                        .hasMessage("not enough memory on cuda:0 for one row of 7 tokens: no room for 7"));
                Tasks.until(() -> queue.waiting() == 2);
                tasks.start(() ->
                        assertThat(EncodedRows.together(memory, queue, good)).isDeepEqualTo(vectors(good)));
                Tasks.until(() -> queue.waiting() == 3);
            } finally {
                held.countDown();
            }
            tasks.join();
        }
        assertThat(device.launches.get(1)).isEqualTo("[3:0-3, 3:0-3, 3:0-3]");
    }

    @Test
    void eachDeviceHasALimitOfItsOwn() {
        var together = new CountDownLatch(2);
        var small = new FakeDevice("0").withMemoryFor(2);
        var large = new FakeDevice("1");
        for (var device : List.of(small, large)) {
            device.before(rows -> {
                together.countDown();
                Tasks.await(together); // so that each takes one of the first two
            });
        }
        var rows = rows(8, 1);
        try (var queue = DeviceQueue.open(openers(small, large), 100, 9);
                var first = NestedBatch.pack(memory, rows);
                var second = NestedBatch.pack(memory, rows);
                var one = queue.start(first);
                var other = queue.start(second)) {
            assertThat(one.await()).isEqualTo(other.await());
        }
        assertThat(large.launches).containsExactly("[8:0-8]");
        assertThat(small.launches).hasSize(1 + 1 + 4); // of 8 tokens, of 4, of 2 each
    }

    @Test
    void vectorsAreTheSameWhereverMemoryRunsOut() {
        var random = Seeds.random();
        for (var round = 0; round < 50; round++) {
            var device = new FakeDevice("0").withMemoryFor(random.nextInt(20, 60));
            try (var queue = DeviceQueue.open(openers(device), 400, 3);
                    var tasks = new Tasks()) {
                for (var task = 0; task < 3; task++) {
                    var rows = new ArrayList<int[]>();
                    for (var i = random.nextInt(3, 30); i > 0; i--) {
                        rows.add(Seeds.tokens(random, 20));
                    }
                    tasks.start(() -> assertThat(EncodedRows.together(memory, queue, rows))
                            .isDeepEqualTo(vectors(rows)));
                }
                tasks.join();
            }
        }
    }
}
