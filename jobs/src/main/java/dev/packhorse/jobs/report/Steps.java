package dev.packhorse.jobs.report;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** How long each step of a run takes. Not thread-safe: one run's. */
public final class Steps {

    private final Map<String, Long> nanos = new LinkedHashMap<>();
    private final long began = System.nanoTime();

    /** Does a step; its time counts also where it fails. */
    public <T> T time(String step, Supplier<T> work) {
        var start = System.nanoTime();
        try {
            return work.get();
        } finally {
            nanos.merge(step, System.nanoTime() - start, Long::sum);
        }
    }

    /** The same for a step without a result. */
    public void time(String step, Runnable work) {
        time(step, () -> {
            work.run();
            return step;
        });
    }

    /** From the first to now. */
    public Duration all() {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /** Seconds by step, in the order in which they came. */
    public Map<String, Double> seconds() {
        var seconds = new LinkedHashMap<String, Double>();
        nanos.forEach((step, time) -> seconds.put(step, Math.round(time / 1e6) / 1e3));
        return seconds;
    }

    /** In one line, for people. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.1f s: ", all().toMillis() / 1e3)
                + nanos.entrySet().stream()
                        .map(step -> String.format(Locale.ROOT, "%s %.1f", step.getKey(), step.getValue() / 1e9))
                        .collect(Collectors.joining(", "));
    }
}
