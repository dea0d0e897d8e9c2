package dev.packhorse.engine.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Threads of a test that wait for an encoder, as tasks do; none is left when it is closed. */
public final class Tasks implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<Task> tasks = new ArrayList<>();

    /** One of them. */
    public static final class Task {
        private final Thread thread;
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private volatile boolean stayedInterrupted;

        private Task(Runnable work) {
            thread = new Thread(() -> {
                try {
                    work.run();
                } catch (RuntimeException | Error e) {
                    failure.set(e);
                }
                stayedInterrupted = Thread.currentThread().isInterrupted();
            });
        }

        /** What it threw; waits for its end. */
        public Optional<Throwable> failure() {
            try {
                thread.join(PATIENCE.toMillis());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            assertThat(thread.isAlive()).as("a task that never ends").isFalse();
            return Optional.ofNullable(failure.get());
        }

        /** Waits for its end, which must be a good one. */
        public void join() {
            assertThat(failure()).isEmpty();
        }

        /** Waits until it does nothing but wait. */
        public void awaitWaiting() {
            until(() -> thread.getState() == Thread.State.WAITING);
        }

        /** Interrupts it where it waits; returns when it has woken. */
        public void interrupt() {
            thread.interrupt();
            until(() -> !thread.isInterrupted() || !thread.isAlive());
        }

        /** Whether it was interrupted when it ended. */
        public boolean stayedInterrupted() {
            return stayedInterrupted;
        }
    }

    /** Starts one. */
    public Task start(Runnable work) {
        var task = new Task(work);
        tasks.add(task);
        task.thread.start();
        return task;
    }

    /** Waits until something is so. */
    public static void until(BooleanSupplier condition) {
        var end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("what never comes").isLessThan(end);
            LockSupport.parkNanos(100_000);
        }
    }

    /** Waits until it is open; not for ever. */
    public static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("a latch that nobody opens")
                    .isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits for the end of all, which must be a good one. */
    public void join() {
        tasks.forEach(Task::join);
    }

    @Override
    public void close() {
        tasks.forEach(Task::failure);
    }
}
