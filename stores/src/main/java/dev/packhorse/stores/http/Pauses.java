package dev.packhorse.stores.http;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;

/** The clock by which requests are sent again; tests have one that does not wait. Thread-safe. */
public interface Pauses extends Serializable {

    /** Time in nanoseconds from some beginning. */
    long nanoTime();

    /** The time of day, by which servers may say when to come again. */
    Instant now();

    /** Waits. */
    void sleep(Duration time) throws InterruptedException;

    /** The machine's own clock. */
    enum Machine implements Pauses {
        INSTANCE;

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public void sleep(Duration time) throws InterruptedException {
            Thread.sleep(time.toMillis());
        }
    }
}
