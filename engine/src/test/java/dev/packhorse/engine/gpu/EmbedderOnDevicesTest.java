package dev.packhorse.engine.gpu;

import static dev.packhorse.engine.gpu.FakeDevice.POISON;
import static dev.packhorse.engine.gpu.FakeDevice.openers;
import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.BatchListener;
import dev.packhorse.engine.Embedded;
import dev.packhorse.engine.Embedder;
import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.contract.BrokenEncoderException;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.plan.BatchPlanner;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of rows that tasks embed through a queue. */
class EmbedderOnDevicesTest {

    private static final int[] KNOWN = {1};

    private static final BatchListener NOBODY = (rows, tokens, computedTokens, nanos) -> {};

    private final NativeMemory memory = NativeMemory.open(Long.MAX_VALUE);

    @AfterEach
    void nothingNativeIsLeft() {
        memory.close();
    }

    private Embedder embedder(DeviceQueue queue, int maxBatchTokens) {
        return new Embedder(queue, new BatchPlanner(maxBatchTokens, false), memory, KNOWN);
    }

    private static void assertVector(Embedded answer, int[] row) {
        assertThat(answer).isInstanceOfSatisfying(Embedded.Vector.class, vector -> assertThat(vector.values())
                .containsExactly(FakeDevice.vector(row)));
    }

    /** Batches of 12 tokens each. */
    private static List<int[]> sixBatches() {
        return IntStream.range(0, 18).mapToObj(i -> new int[] {i, 1, 2, 3}).toList();
    }

    @Test
    void batchesArePackedAheadWhileALaunchIsUnderWay() {
        var launches = new Semaphore(0);
        var told = Collections.synchronizedList(new ArrayList<Thread>());
        var device = new FakeDevice("0").before(rows -> launches.acquireUninterruptibly());
        try (var queue = DeviceQueue.open(openers(device), 12, 100);
                var tasks = new Tasks()) {
            try {
                var rows = sixBatches();
                var task = tasks.start(() -> {
                    var answers = embedder(queue, 12)
                            .embed(rows, (count, tokens, computed, nanos) -> told.add(Thread.currentThread()));
                    for (var i = 0; i < answers.length; i++) {
                        assertVector(answers[i], rows.get(i));
                    }
                    assertThat(told).hasSize(6).containsOnly(Thread.currentThread());
                });
                Tasks.until(() -> device.launches.size() == 1 && queue.waiting() == 3);
                task.awaitWaiting();
                assertThat(queue.waiting()).isEqualTo(3); // and one that is computed, two that are not packed yet
                assertThat(told).isEmpty();
                launches.release();
                Tasks.until(() -> device.launches.size() == 2 && queue.waiting() == 3);
                assertThat(told).hasSize(1);
            } finally {
                launches.release(1_000);
            }
            tasks.join();
        }
    }

    @Test
    void whoNobodyWaitsForAnyMoreIsTakenBack() {
        var begun = new CountDownLatch(1);
        var held = new CountDownLatch(1);
        var device = new FakeDevice("0").before(rows -> {
            begun.countDown();
            Tasks.await(held);
        });
        try (var queue = DeviceQueue.open(openers(device), 12, 100);
                var tasks = new Tasks()) {
            try {
                var task = tasks.start(() -> embedder(queue, 12).embed(sixBatches(), NOBODY));
                Tasks.await(begun);
                Tasks.until(() -> queue.waiting() == 3);
                task.awaitWaiting();
                task.interrupt();
                task.awaitWaiting(); // again, for one of its batches was taken
                assertThat(memory.allocatedBytes()).isPositive();
                held.countDown();
                assertThat(task.failure()).get().satisfies(failure -> assertThat(failure)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("interrupted while waiting for cuda:0"));
                assertThat(task.stayedInterrupted()).isTrue();
                assertThat(queue.waiting()).isZero();
                assertThat(memory.allocatedBytes()).isZero();
            } finally {
                held.countDown();
            }
        }
    }

    @Test
    void aListenerThatEndsTheTaskLeavesNothingBehind() {
        try (var queue = DeviceQueue.open(openers(new FakeDevice("0")), 12, 100);
                var tasks = new Tasks()) {
            var task = tasks.start(() -> embedder(queue, 12).embed(sixBatches(), (rows, tokens, computed, nanos) -> {
                throw new IllegalStateException("the task was cancelled");
            }));
            assertThat(task.failure()).get().satisfies(failure -> assertThat(failure)
                    .hasMessage("the task was cancelled"));
            assertThat(queue.waiting()).isZero();
            assertThat(memory.allocatedBytes()).isZero();
        }
    }

    @Test
    void onlyRowsThatFailAloneEndWithoutVectorsHoweverManyTasksShareADevice() {
        var random = Seeds.random();
        for (var round = 0; round < 20; round++) {
            var device = new FakeDevice("0").withMemoryFor(90);
            try (var queue = DeviceQueue.open(openers(device, new FakeDevice("1")), 200, 3);
                    var tasks = new Tasks()) {
                for (var task = 0; task < 3; task++) {
                    var rows = new ArrayList<int[]>();
                    for (var i = random.nextInt(30, 60); i > 0; i--) {
                        rows.add(Seeds.tokens(random, 20));
                    }
                    rows.add(new int[] {2, POISON, 3});
                    rows.add(new int[] {POISON});
                    Collections.shuffle(rows, new Random(random.nextLong()));
                    tasks.start(() -> {
                        var answers = embedder(queue, 60).embed(rows, NOBODY);
                        for (var i = 0; i < answers.length; i++) {
                            if (IntStream.of(rows.get(i)).anyMatch(token -> token == POISON)) {
                                assertThat(answers[i]).isEqualTo(new Embedded.Failed("poison"));
                            } else {
                                assertVector(answers[i], rows.get(i));
                            }
                        }
                    });
                }
                tasks.join();
            }
        }
    }

    @Test
    void aRowForWhichADeviceHasNotEnoughMemoryIsAnsweredAsAnError() {
        var device = new FakeDevice("0").withMemoryFor(9);
        var rows = List.of(new int[] {1, 2, 3}, new int[11], new int[] {4, 5}, new int[] {6});
        try (var queue = DeviceQueue.open(openers(device), 100, 3)) {
            var answers = embedder(queue, 100).embed(rows, NOBODY);
            assertThat(answers[1])
                    .isEqualTo(new Embedded.Failed(
                            "not enough memory on cuda:0 for one row of 11 tokens: no room for 11"));
            for (var i : List.of(0, 2, 3)) {
                assertVector(answers[i], rows.get(i));
            }
        }
    }

    @Test
    void aDeviceThatHasEndedIsNoRowsFault() {
        var device = new FakeDevice("0").before(rows -> {
            throw new NoClassDefFoundError("OrtSession");
        });
        try (var queue = DeviceQueue.open(openers(device), 12, 3);
                var tasks = new Tasks()) {
            var task = tasks.start(() -> embedder(queue, 12).embed(sixBatches(), NOBODY));
            assertThat(task.failure()).get().satisfies(failure -> assertThat(failure)
                    .isInstanceOf(BrokenEncoderException.class)
                    .hasMessage("the thread of cuda:0 ended, for java.lang.NoClassDefFoundError: OrtSession"));
        }
    }

    @Test
    void whereThereIsNoNativeMemoryAheadThoseBeforeAreAwaitedFirst() {
        for (var kibibytes : List.of(8, 12, 20, 40)) {
            try (var little = NativeMemory.open(kibibytes << 10);
                    var queue = DeviceQueue.open(openers(new FakeDevice("0")), 1_000, 9)) {
                var rows = IntStream.range(0, 3_000)
                        .mapToObj(i -> new int[] {i, 2, 3, 4})
                        .toList();
                var answers = new Embedder(queue, new BatchPlanner(1_000, false), little, KNOWN).embed(rows, NOBODY);
                for (var i = 0; i < answers.length; i++) {
                    assertVector(answers[i], rows.get(i));
                }
            }
        }
    }
}
