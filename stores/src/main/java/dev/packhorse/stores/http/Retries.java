package dev.packhorse.stores.http;

import dev.packhorse.stores.contract.StoreException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How often and how long one thing is tried again: waits double, and differ between tasks so that these do not all come back at
 * once. Not thread-safe.
 */
final class Retries {

    static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

    private static final Duration FIRST_WAIT = Duration.ofMillis(200);

    private final String what;
    private final HttpLimits limits;
    private final Pauses pauses;
    private final long began;
    private int failures;

    /** @param what is tried, and where, for messages */
    Retries(String what, HttpLimits limits, Pauses pauses) {
        this.what = what;
        this.limits = limits;
        this.pauses = pauses;
        this.began = pauses.nanoTime();
    }

    /** How long it may still take. */
    Duration timeLeft() {
        return limits.retryTime().minusNanos(pauses.nanoTime() - began);
    }

    /**
     * Waits until it may be tried again.
     *
     * @param failure what was found in place of an answer
     * @param asked how long the server asks to be left alone
     * @throws StoreException when it was tried often or long enough
     */
    void pause(String failure, Optional<Duration> asked) {
        failures++;
        var wait = asked.orElseGet(this::backOff);
        if (failures >= limits.attempts() || wait.compareTo(timeLeft()) >= 0) {
            var patience = asked.isPresent() && failures < limits.attempts()
                    ? ", which asks to be left alone for %d s".formatted(wait.toSeconds())
                    : "";
            throw new StoreException(
                    "%s: expected an answer, found %s%s (sent %d time(s) in %d s); see that the store is up and has room, then run again, or wait longer with %s"
                            .formatted(
                                    what,
                                    failure,
                                    patience,
                                    failures,
                                    limits.retryTime().minus(timeLeft()).toSeconds(),
                                    HttpOptions.RETRY_TIME.flag()));
        }
        try {
            pauses.sleep(wait);
        } catch (InterruptedException e) {
            throw interrupted(what);
        }
    }

    private Duration backOff() {
        var doubled = FIRST_WAIT.multipliedBy(1L << Math.min(failures - 1, 20));
        var most = doubled.compareTo(LONGEST_WAIT) < 0 ? doubled : LONGEST_WAIT;
        return Duration.ofMillis(
                (long) (most.toMillis() * ThreadLocalRandom.current().nextDouble(0.5, 1)));
    }

    /** What is thrown where a task is told to end; the thread stays interrupted. */
    static StoreException interrupted(String what) {
        Thread.currentThread().interrupt();
        return new StoreException(what + ": expected to wait for an answer, found that the task is to end");
    }
}
