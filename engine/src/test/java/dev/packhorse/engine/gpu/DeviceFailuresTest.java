package dev.packhorse.engine.gpu;

import static dev.packhorse.engine.gpu.FakeDevice.POISON;
import static dev.packhorse.engine.gpu.FakeDevice.openers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.EncodedRows;
import dev.packhorse.engine.contract.BrokenEncoderException;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.EncoderInfo;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Launches that fail, threads that end or are interrupted, queues that are closed. */
class DeviceFailuresTest {

    private static final List<int[]> GOOD = List.of(new int[] {1, 2}, new int[] {3}, new int[] {4, 5, 6});

    private static final List<int[]> BAD = List.of(new int[] {1, 2}, new int[] {POISON}, new int[] {4, 5, 6});

    private final NativeMemory memory = NativeMemory.open(Long.MAX_VALUE);
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch held = new CountDownLatch(1);
    private final FakeDevice device = new FakeDevice("0");

    @AfterEach
    void nothingNativeIsLeft() {
        memory.close();
    }

    private void assertVectors(DeviceQueue queue) {
        assertThat(EncodedRows.together(memory, queue, GOOD))
                .isDeepEqualTo(GOOD.stream().map(FakeDevice::vector).toArray(float[][]::new));
    }

    private void assertFails(DeviceQueue queue, List<int[]> rows, Class<?> type, String message) {
        assertThatThrownBy(() -> EncodedRows.together(memory, queue, rows))
                .isInstanceOf(type)
                .hasMessage(message);
    }

    private void hold() {
        device.before(rows -> {
            begun.countDown();
            Tasks.await(held);
        });
    }

    /** Does something while a launch is held, and lets that go on whatever comes of it. */
    private void besideALaunch(Tasks tasks, DeviceQueue queue, Runnable work) {
        try {
            tasks.start(() -> assertVectors(queue));
            Tasks.await(begun);
            work.run();
        } finally {
            held.countDown();
        }
    }

    /** Lets them wait in the queue in this order, behind a launch that is held. */
    private static void startInOrder(Tasks tasks, DeviceQueue queue, Runnable... works) {
        for (var work : works) {
            var waiting = queue.waiting();
            tasks.start(work);
            Tasks.until(() -> queue.waiting() == waiting + 1);
        }
    }

    @Test
    void whatFailsFailsItsOwnBatchAndNoneThatSharedItsLaunch() {
        hold();
        try (var queue = DeviceQueue.open(openers(device), 100, 9);
                var tasks = new Tasks()) {
            besideALaunch(tasks, queue, () -> {
                startInOrder(
                        tasks,
                        queue,
                        () -> assertVectors(queue),
                        () -> assertFails(queue, BAD, EncoderException.class, "poison"),
                        () -> assertVectors(queue));
            });
            tasks.join();
            assertVectors(queue);
        }
        assertThat(device.launches.subList(1, 5))
                .containsExactly("[3:0-3, 3:0-3, 3:0-3]", "[3:0-3]", "[3:0-3]", "[3:0-3]");
    }

    @Test
    void whatASessionThrowsReachesWhoAskedAndTheThreadGoesOn() {
        var failure = new AtomicReference<Throwable>();
        device.before(rows -> {
            if (failure.get() instanceof Error error) {
                throw error;
            }
            if (failure.get() != null) {
                throw (RuntimeException) failure.get();
            }
        });
        try (var queue = DeviceQueue.open(openers(device), 100, 9)) {
            for (var thrown : List.of(
                    new EncoderException("a kernel failed"),
                    new IllegalStateException("the session is closed"),
                    new OutOfMemoryError("Cannot reserve 8192 bytes of direct buffer memory"))) {
                failure.set(thrown);
                assertThatThrownBy(() -> EncodedRows.together(memory, queue, GOOD))
                        .isSameAs(thrown);
                failure.set(null);
                assertVectors(queue);
            }
        }
    }

    @Test
    void aSessionThatGivesTooFewNumbersIsFoundOut() {
        var broken = new DeviceSession() {
            @Override
            public EncoderInfo info() {
                return device.info();
            }

            @Override
            public float[] launch(List<RowSlice> rows) {
                return new float[4];
            }

            @Override
            public void close() {}
        };
        try (var queue = DeviceQueue.open(List.of(() -> broken), 100, 9)) {
            assertFails(
                    queue, GOOD, IllegalStateException.class, "fake: expected 3 vectors of 3 numbers, found 4 numbers");
        }
    }

    @Test
    void anErrorEndsAllThatWaitAndAllThatCome() {
        var fatal = new LinkageError("libcudart.so.13");
        device.before(rows -> {
            begun.countDown();
            Tasks.await(held);
            throw fatal;
        });
        var message = "the thread of cuda:0 ended, for java.lang.LinkageError: libcudart.so.13";
        var other = new FakeDevice("1");
        other.before(rows -> Tasks.await(held));
        try (var queue = DeviceQueue.open(openers(device, other), 1, 2);
                var tasks = new Tasks()) {
            var waiting = new ArrayList<Tasks.Task>();
            try {
                for (var i = 0; i < 7; i++) { // two are computed, two wait, three wait for room
                    waiting.add(tasks.start(() -> EncodedRows.together(memory, queue, GOOD)));
                }
                Tasks.await(begun);
                Tasks.until(() -> queue.waiting() == 2);
                waiting.forEach(Tasks.Task::awaitWaiting);
            } finally {
                held.countDown();
            }
            var failures =
                    waiting.stream().flatMap(task -> task.failure().stream()).toList();
            // the other device may have taken some before it heard of it
            assertThat(failures).isNotEmpty().allSatisfy(failure -> assertThat(failure)
                    .isInstanceOf(BrokenEncoderException.class)
                    .hasMessage(message)
                    .hasCause(fatal));
            Tasks.until(() -> device.isClosed() && other.isClosed());
            assertFails(queue, GOOD, BrokenEncoderException.class, message);
            assertThat(queue.waiting()).isZero();
            queue.close();
            assertFails(queue, GOOD, IllegalStateException.class, "the encoder is closed");
        }
    }

    @Test
    void theBatchOfALaunchThatEndsByAnErrorIsAnsweredTooHoweverMuchOfItWasThere() {
        device.withMemoryFor(4).before(rows -> {
            if (rows.get(0).from() == 1) {
                throw new OutOfMemoryError("Java heap space");
            }
        });
        try (var queue = DeviceQueue.open(openers(device), 2, 9)) {
            assertFails(
                    queue,
                    GOOD,
                    BrokenEncoderException.class,
                    "the thread of cuda:0 ended, for java.lang.OutOfMemoryError: Java heap space");
        }
        assertThat(device.launches).containsExactly("[3:0-1]", "[3:1-2]");
    }

    @Test
    void aTaskThatIsInterruptedTakesItsBatchBackWhereNobodyHasBegunWithIt() {
        hold();
        try (var queue = DeviceQueue.open(openers(device), 100, 9);
                var tasks = new Tasks()) {
            besideALaunch(tasks, queue, () -> {
                var interrupted = tasks.start(() -> EncodedRows.together(memory, queue, GOOD));
                Tasks.until(() -> queue.waiting() == 1);
                interrupted.awaitWaiting();
                interrupted.interrupt();
                assertInterrupted(interrupted);
                assertThat(queue.waiting()).isZero();
            });
        }
        assertThat(device.launches).containsExactly("[3:0-3]");
    }

    private static void assertInterrupted(Tasks.Task task) {
        assertThat(task.failure()).get().satisfies(failure -> assertThat(failure)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("interrupted while waiting for cuda:0")
                .hasCauseInstanceOf(InterruptedException.class));
        assertThat(task.stayedInterrupted()).isTrue();
    }

    @Test
    void aTaskThatIsInterruptedWhileADeviceReadsItsBatchWaitsUntilThatIsOver() {
        hold();
        try (var queue = DeviceQueue.open(openers(device), 100, 9);
                var tasks = new Tasks()) {
            try {
                var interrupted = tasks.start(() -> EncodedRows.together(memory, queue, GOOD));
                Tasks.await(begun);
                interrupted.awaitWaiting();
                interrupted.interrupt();
                interrupted.awaitWaiting(); // again, for its batch was taken
                assertThat(memory.allocatedBytes()).isPositive();
                held.countDown();
                assertInterrupted(interrupted);
            } finally {
                held.countDown();
            }
            assertVectors(queue);
        }
    }

    @Test
    void aTaskThatIsInterruptedBeforeAFullQueueGivesUp() {
        hold();
        try (var queue = DeviceQueue.open(openers(device), 1, 1);
                var tasks = new Tasks()) {
            besideALaunch(tasks, queue, () -> {
                startInOrder(tasks, queue, () -> assertVectors(queue));
                var interrupted = tasks.start(() -> EncodedRows.together(memory, queue, GOOD));
                interrupted.awaitWaiting();
                interrupted.interrupt();
                assertInterrupted(interrupted);
                assertThat(queue.waiting()).isEqualTo(1);
            });
            assertVectors(queue);
        }
    }

    @Test
    void closingWaitsForWhatADeviceDoesAndEndsThoseThatWait() {
        hold();
        try (var queue = DeviceQueue.open(openers(device), 1, 1);
                var tasks = new Tasks()) {
            besideALaunch(tasks, queue, () -> {
                var closed = "the encoder is closed";
                startInOrder(tasks, queue, () -> assertFails(queue, GOOD, IllegalStateException.class, closed));
                var before = List.of( // the queue is full
                        tasks.start(() -> assertFails(queue, GOOD, IllegalStateException.class, closed)),
                        tasks.start(() -> assertFails(queue, GOOD, IllegalStateException.class, closed)));
                before.forEach(Tasks.Task::awaitWaiting);
                var closing = List.of(tasks.start(queue::close), tasks.start(queue::close));
                before.forEach(Tasks.Task::join);
                closing.forEach(Tasks.Task::awaitWaiting);
                assertThat(device.isClosed()).isFalse();
                assertFails(queue, GOOD, IllegalStateException.class, closed);
            });
            tasks.join();
            assertThat(device.isClosed()).isTrue();
            assertThat(queue.info().dimension()).isEqualTo(3);
        }
    }

    @Test
    void whatClosingASessionThrowsReachesWhoClosesAndTheOthersAreClosed() {
        Supplier<DeviceSession> opener = () -> new DeviceSession() {
            @Override
            public EncoderInfo info() {
                return new FakeDevice("7").info();
            }

            @Override
            public float[] launch(List<RowSlice> rows) {
                return new float[0];
            }

            @Override
            public void close() {
                throw new IllegalStateException("the device is gone");
            }
        };
        var queue = DeviceQueue.open(List.of(opener, openers(device).get(0)), 1, 1);
        assertThatThrownBy(queue::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the device is gone");
        assertThat(device.isClosed()).isTrue();
    }

    @Test
    void anEncodingThatWasAwaitedIsClosedWithoutMoreAdo() {
        try (var queue = DeviceQueue.open(openers(device), 100, 9);
                var batch = NestedBatch.pack(memory, GOOD)) {
            var encoding = queue.start(batch);
            assertThat(encoding.await()).hasSize(9);
            encoding.close();
            queue.close();
            encoding.close();
        }
    }

    @Test
    void aDeviceThatIsLostEndsAllAtOnceInPlaceOfTryingRowByRow() {
        device.before(rows -> {
            throw new BrokenEncoderException("cuda:0: found a GPU that computes nothing more");
        });
        var message =
                "the thread of cuda:0 ended, for dev.packhorse.engine.contract.BrokenEncoderException: cuda:0: found a"
                        + " GPU that computes nothing more";
        try (var queue = DeviceQueue.open(openers(device), 100, 9)) {
            assertFails(queue, GOOD, BrokenEncoderException.class, message);
            assertFails(queue, GOOD, BrokenEncoderException.class, message);
        }
        assertThat(device.launches).hasSize(1);
    }
}
