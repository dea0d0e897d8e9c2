package dev.packhorse.jobs.audit;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Work that a thread of its own does while its starter does something else: much of what a run of few rows takes is one thread's.
 * Whoever starts it closes it. Thread-safe.
 */
public final class Aside<T> implements AutoCloseable {

    private final FutureTask<T> task;
    private final Thread thread;

    private Aside(String name, Supplier<T> work) {
        this.task = new FutureTask<>(work::get);
        this.thread = new Thread(task, "packhorse-" + name);
        thread.setDaemon(true);
    }

    /** Begins it. */
    public static <T> Aside<T> start(String name, Supplier<T> work) {
        var aside = new Aside<>(name, work);
        aside.thread.start();
        return aside;
    }

    /** Waits for what it comes to; throws what it threw. */
    public T get() {
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new CompletionException(e.getCause()); // Scala throws checked exceptions without saying so
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + thread.getName(), e);
        }
    }

    /** Waits for its end, whatever that is. */
    @Override
    public void close() {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
