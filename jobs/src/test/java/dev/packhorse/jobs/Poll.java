package dev.packhorse.jobs;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what other processes do. Limits are far beyond what a slow machine needs: they end a test that hangs. */
final class Poll {

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private Poll() {}

    /** Asks until there is an answer. */
    static <T> T until(String what, Supplier<Optional<T>> question) {
        var end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < end) {
            var answer = question.get();
            if (answer.isPresent()) {
                return answer.get();
            }
            try {
                Thread.sleep(PAUSE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting for " + what, e);
            }
        }
        throw new AssertionError("waited %s for %s".formatted(LIMIT, what));
    }

    /** Asks until it is true. */
    static void untilTrue(String what, BooleanSupplier question) {
        until(what, () -> question.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }
}
