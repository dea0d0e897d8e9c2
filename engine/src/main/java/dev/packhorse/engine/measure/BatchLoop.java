package dev.packhorse.engine.measure;

import dev.packhorse.engine.contract.EncoderException;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** Runs batches from several threads, each taking the next one. Thread-safe: each call has threads of its own, or the caller's. */
public final class BatchLoop {

    private BatchLoop() {}

    /**
     * Runs every batch once.
     *
     * @param threads how many there are
     * @param work is given the batch's number, 0 to {@code batches - 1}; called by all threads at the same time
     * @return the seconds that took
     * @throws EncoderException when one fails, or the calling thread is interrupted
     */
    public static double run(int threads, int batches, IntConsumer work) {
        if (threads == 1) { // in the caller's thread: libraries keep helpers for each thread that ever calls them
            var start = System.nanoTime();
            for (var i = 0; i < batches; i++) {
                work.accept(i);
            }
            return (System.nanoTime() - start) / 1e9;
        }
        var next = new AtomicInteger();
        Callable<Boolean> worker = () -> {
            for (var i = next.getAndIncrement(); i < batches; i = next.getAndIncrement()) {
                work.accept(i);
            }
            return true;
        };
        var workers = Executors.newFixedThreadPool(threads);
        try {
            var start = System.nanoTime();
            for (var done : workers.invokeAll(Collections.nCopies(threads, worker))) {
                done.get();
            }
            return (System.nanoTime() - start) / 1e9;
        } catch (InterruptedException | ExecutionException e) {
            throw new EncoderException("the loop did not end: " + e.getMessage(), e);
        } finally {
            workers.shutdownNow();
        }
    }
}
