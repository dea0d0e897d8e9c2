package dev.packhorse.engine.gpu;

import static dev.packhorse.engine.gpu.FakeDevice.openers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.EncodedRows;
import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.EncoderInfo;
import dev.packhorse.engine.contract.Encoding;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeviceQueueTest {

    private final NativeMemory memory = NativeMemory.open(Long.MAX_VALUE);

    @AfterEach
    void nothingNativeIsLeft() {
        memory.close();
    }

    private static List<int[]> rows(RandomGenerator random, int count) {
        return IntStream.range(0, count).mapToObj(b -> Seeds.tokens(random, 40)).toList();
    }

    private static float[][] vectors(List<int[]> rows) {
        return rows.stream().map(FakeDevice::vector).toArray(float[][]::new);
    }

    /** So many rows of one token each. */
    private NestedBatch batch(int rows) {
        return NestedBatch.pack(
                memory, IntStream.range(0, rows).mapToObj(i -> new int[] {i}).toList());
    }

    @Test
    void aRowsVectorIsTheSameByAnyNumberOfTasksAndDevicesAndWhateverSharesItsLaunch() {
        var random = Seeds.random();
        for (var round = 0; round < 30; round++) {
            var devices = IntStream.range(0, random.nextInt(1, 4))
                    .mapToObj(i -> new FakeDevice("" + i).withMemoryFor(random.nextInt(40, 500)))
                    .toArray(FakeDevice[]::new);
            try (var queue = DeviceQueue.open(openers(devices), random.nextInt(1, 300), random.nextInt(1, 6));
                    var tasks = new Tasks()) {
                for (var task = random.nextInt(1, 7); task > 0; task--) {
                    var batches = IntStream.range(0, 8)
                            .mapToObj(i -> rows(random, random.nextInt(3, 9)))
                            .toList();
                    tasks.start(() -> batches.forEach(rows -> assertThat(EncodedRows.together(memory, queue, rows))
                            .isDeepEqualTo(vectors(rows))));
                }
                tasks.join();
            }
            assertThat(devices)
                    .allSatisfy(device -> assertThat(device.isClosed()).isTrue());
        }
    }

    @Test
    void eachSessionIsOpenedRunAndClosedByAThreadOfItsOwn() {
        var devices = List.of(new FakeDevice("0"), new FakeDevice("1"));
        try (var queue = DeviceQueue.open(openers(devices.get(0), devices.get(1)), 100, 4)) {
            EncodedRows.together(memory, queue, List.of(new int[] {1}, new int[] {2, 3}, new int[] {4})); // it checks
            assertThat(devices).allSatisfy(device -> {
                assertThat(device.thread().isDaemon()).isTrue();
                assertThat(device.isClosed()).isFalse();
            });
            assertThat(devices.get(0).thread()).isNotSameAs(devices.get(1).thread());
            assertThat(devices.get(0).thread().getName()).isEqualTo("packhorse-cuda:0");
            queue.close(); // and again
        }
        assertThat(devices).allSatisfy(device -> {
            assertThat(device.isClosed()).isTrue();
            Tasks.until(() -> !device.thread().isAlive());
        });
    }

    @Test
    void batchesOfSeveralTasksShareALaunchAsFarAsTheyFit() {
        var begun = new CountDownLatch(1);
        var held = new CountDownLatch(1);
        var device = new FakeDevice("0").before(rows -> {
            begun.countDown();
            Tasks.await(held);
        });
        try (var queue = DeviceQueue.open(openers(device), 10, 9);
                var tasks = new Tasks()) {
            try {
                tasks.start(() -> encode(queue, 5));
                Tasks.await(begun);
                for (var rows : List.of(4, 7, 6, 3)) { // 4 and 6 fit, 7 and 3
                    var waiting = queue.waiting();
                    tasks.start(() -> encode(queue, rows));
                    Tasks.until(() -> queue.waiting() == waiting + 1);
                }
            } finally {
                held.countDown();
            }
            tasks.join();
        }
        assertThat(device.launches).containsExactly("[5:0-5]", "[4:0-4, 6:0-6]", "[7:0-7, 3:0-3]");
    }

    private void encode(DeviceQueue queue, int rows) {
        try (var batch = batch(rows)) {
            assertThat(queue.encode(batch)).hasSize(rows * FakeDevice.D);
        }
    }

    @Test
    void aBatchLargerThanALaunchIsCutAndALongerRowGoesAlone() {
        var device = new FakeDevice("0");
        var rows = List.of(new int[] {1, 2}, new int[7], new int[] {3}, new int[] {4}, new int[2], new int[3]);
        try (var queue = DeviceQueue.open(openers(device), 5, 9)) {
            assertThat(EncodedRows.together(memory, queue, rows)).isDeepEqualTo(vectors(rows));
        }
        assertThat(device.launches).containsExactly("[6:0-1]", "[6:1-2]", "[6:2-5]", "[6:5-6]");
    }

    @Test
    void allDevicesComputeAtTheSameTime() {
        var together = new CountDownLatch(3); // opened when each of the three is in a launch
        var devices = IntStream.range(0, 3)
                .mapToObj(i -> new FakeDevice("" + i).before(rows -> {
                    together.countDown();
                    Tasks.await(together);
                }))
                .toArray(FakeDevice[]::new);
        try (var queue = DeviceQueue.open(openers(devices), 1_000, 9);
                var first = batch(3);
                var second = batch(4);
                var third = batch(5)) {
            var encodings = List.of(queue.start(first), queue.start(second), queue.start(third));
            assertThat(encodings.stream().map(Encoding::await).mapToInt(found -> found.length / FakeDevice.D))
                    .containsExactly(3, 4, 5);
            encodings.forEach(Encoding::close);
        }
        assertThat(devices).allSatisfy(device -> assertThat(device.launches).hasSize(1));
    }

    @Test
    void whoFindsTheQueueFullWaitsAndIsLetInInTurn() {
        var launches = new Semaphore(0);
        var device = new FakeDevice("0").before(rows -> launches.acquireUninterruptibly());
        try (var queue = DeviceQueue.open(openers(device), 1, 2); // a token a launch: none is shared
                var tasks = new Tasks()) {
            var waiting = new ArrayList<Tasks.Task>();
            for (var i = 0; i < 6; i++) { // one is computed, two wait in the queue, three before it
                var before = i;
                waiting.add(tasks.start(() -> encode(queue, before + 1)));
                Tasks.until(() -> device.launches.size() == 1 && queue.waiting() == Math.min(before, 2));
                waiting.get(i).awaitWaiting();
            }
            assertThat(queue.waiting()).isEqualTo(2);
            launches.release(1_000);
            tasks.join();
        }
        assertThat(device.launches.stream()
                        .map(launch -> launch.substring(1, 2))
                        .distinct())
                .containsExactly("1", "2", "3", "4", "5", "6");
    }

    @Test
    void aTaskMayHaveSeveralBatchesUnderWay() {
        var random = Seeds.random();
        try (var queue = DeviceQueue.open(openers(new FakeDevice("0"), new FakeDevice("1")), 64, 3)) {
            assertThat(queue.ahead()).isEqualTo(6);
            var batches = IntStream.range(0, 20).mapToObj(i -> rows(random, 3)).toList();
            var packed =
                    batches.stream().map(rows -> NestedBatch.pack(memory, rows)).toList();
            var encodings = packed.stream().map(queue::start).toList();
            for (var i = 19; i >= 0; i--) { // in whatever order it asks
                var found = encodings.get(i).await();
                var expected = vectors(batches.get(i));
                for (var b = 0; b < 3; b++) {
                    assertThat(Arrays.copyOfRange(found, b * FakeDevice.D, (b + 1) * FakeDevice.D))
                            .containsExactly(expected[b]);
                }
                encodings.get(i).close();
                encodings.get(i).close();
            }
            packed.forEach(NestedBatch::close);
        }
    }

    @Test
    void whatIsGivenUpBeforeItBeginsIsNeverLaunched() {
        var begun = new CountDownLatch(1);
        var held = new CountDownLatch(1);
        var device = new FakeDevice("0").before(rows -> {
            begun.countDown();
            Tasks.await(held);
        });
        try (var queue = DeviceQueue.open(openers(device), 100, 1);
                var first = batch(3);
                var tasks = new Tasks()) {
            var encoding = queue.start(first);
            Tasks.await(begun);
            for (var i = 0; i < 3; i++) { // the only place is free again each time
                try (var other = batch(4);
                        var givenUp = queue.start(other)) {
                    assertThat(queue.waiting()).isEqualTo(1);
                    givenUp.close(); // and again
                    assertThatThrownBy(givenUp::await)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessage("the batch was taken back");
                }
                assertThat(queue.waiting()).isZero();
            }
            var closing = tasks.start(encoding::close); // it is read
            closing.awaitWaiting();
            held.countDown();
            closing.join();
        }
        assertThat(device.launches).containsExactly("[3:0-3]");
    }

    @Test
    void itIsWhatItsSessionsAreTogether() {
        try (var one = DeviceQueue.open(openers(new FakeDevice("3")), 10, 1);
                var two = DeviceQueue.open(openers(new FakeDevice("1"), new FakeDevice("0")), 10, 1)) {
            assertThat(one.info()).hasToString("fake on cuda:3, float16, loops (it is a test of 3)");
            assertThat(one.ahead()).isEqualTo(3);
            assertThat(two.info())
                    .hasToString("fake on cuda:1,0, float16, loops (it is a test of 1; it is a test of 0)");
        }
    }

    @Test
    void sessionsThatComputeDifferentlyAreRefusedAndClosed() {
        for (var other : List.of(
                new EncoderInfo("fake", new Device.Gpu("1"), Precision.FLOAT32, "loops", 3, false, "a test"),
                new EncoderInfo("fake", new Device.Gpu("1"), Precision.FLOAT16, "loops", 4, false, "a test"),
                new EncoderInfo("other", new Device.Gpu("1"), Precision.FLOAT16, "loops", 3, false, "a test"),
                new EncoderInfo("fake", new Device.Cpu(), Precision.FLOAT16, "loops", 3, false, "a test"))) {
            var devices = List.of(new FakeDevice("0"), FakeDevice.of(other));
            assertThatThrownBy(() -> DeviceQueue.open(openers(devices.get(0), devices.get(1)), 10, 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "expected sessions that compute the same, found fake on cuda:0, float16, vectors of 3 and %s on %s, %s, vectors of %d",
                            other.name(), other.device().id(), other.precision().id(), other.dimension());
            assertThat(devices)
                    .allSatisfy(device -> assertThat(device.isClosed()).isTrue());
        }
    }

    @Test
    void whatASessionCannotBeOpenedForReachesWhoOpensAndTheOthersAreClosed() {
        for (var failure :
                List.of(new IllegalStateException("no such device"), new UnsatisfiedLinkError("libcublas"))) {
            var good = List.of(new FakeDevice("0"), new FakeDevice("1"));
            var openers = new ArrayList<>(openers(good.get(0), good.get(1)));
            openers.add(1, () -> {
                if (failure instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) failure;
            });
            openers.add(() -> {
                throw new IllegalStateException("nor that");
            });
            assertThatThrownBy(() -> DeviceQueue.open(openers, 10, 1)).isSameAs(failure);
            assertThat(failure.getSuppressed()).hasSize(1);
            assertThat(failure.getSuppressed()[0]).hasMessage("nor that");
            assertThat(good).allSatisfy(device -> assertThat(device.isClosed()).isTrue());
        }
    }

    @Test
    void sessionsAreOpenedAtTheSameTime() {
        var opening = new CountDownLatch(2);
        var opened = new AtomicInteger();
        Supplier<DeviceSession> opener = () -> {
            opening.countDown();
            Tasks.await(opening);
            return openers(new FakeDevice("" + opened.getAndIncrement())).get(0).get();
        };
        DeviceQueue.open(List.of(opener, opener), 10, 1).close();
        assertThat(opened).hasValue(2);
    }

    @Test
    void numbersThatMeanNothingAreRefused() {
        var message = "expected at least one device, token and place in the queue, found %d, %d and %d";
        for (var numbers : List.of(new int[] {0, 1, 1}, new int[] {1, 0, 1}, new int[] {1, 1, 0})) {
            var openers = openers(new FakeDevice("0")).subList(0, numbers[0]);
            assertThatThrownBy(() -> DeviceQueue.open(openers, numbers[1], numbers[2]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(message, numbers[0], numbers[1], numbers[2]);
        }
    }
}
