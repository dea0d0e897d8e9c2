package dev.packhorse.engine;

import java.util.concurrent.CountDownLatch;

/** Waiting inside what may throw nothing. */
public final class Latches {

    private Latches() {}

    /** Waits until it is open. */
    public static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
