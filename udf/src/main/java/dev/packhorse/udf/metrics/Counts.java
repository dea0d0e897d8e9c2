package dev.packhorse.udf.metrics;

import java.io.Serializable;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;

/** One number for each {@link Count}. Thread-safe: a task adds while Spark's heartbeat reads. */
public final class Counts implements Serializable {

    private final AtomicLongArray values = new AtomicLongArray(Count.values().length);
    private final TaskProfile profile; // null where nobody asked for one: an Optional cannot be sent

    /** All at zero. */
    public Counts() {
        this(null);
    }

    private Counts(TaskProfile profile) {
        this.profile = profile;
    }

    /** The same, with a profile of the task, which begins now. */
    public static Counts profiled() {
        return new Counts(new TaskProfile());
    }

    /** What else the task says; nothing where nobody asked for it, and of sums. */
    public Optional<TaskProfile> profile() {
        return Optional.ofNullable(profile);
    }

    /** Adds to one of them. */
    public void add(Count count, long more) {
        values.addAndGet(count.ordinal(), more);
    }

    /** One of them as it is now. */
    public long get(Count count) {
        return values.get(count.ordinal());
    }

    /** The sum of several as they are now; a new one, which does not grow with them. */
    public static Counts sum(Collection<Counts> parts) {
        var sum = new Counts();
        for (var part : parts) {
            for (var count : Count.values()) {
                sum.add(count, part.get(count));
            }
        }
        return sum;
    }

    /** Rows that left with an error, whatever the reason. */
    public long errors() {
        return get(Count.ERROR_MALFORMED_RECORD)
                + get(Count.ERROR_NULL_ID)
                + get(Count.ERROR_NULL_TEXT)
                + get(Count.ERROR_EMPTY_TEXT)
                + get(Count.ERROR_TOKENIZER)
                + get(Count.ERROR_ENCODER)
                + get(Count.ERROR_LONG_TEXT);
    }

    /** The share of computed tokens that were padding, 0 to 1. */
    public double paddingShare() {
        var computed = get(Count.COMPUTED_TOKENS);
        return computed == 0 ? 0 : 1 - (double) get(Count.TOKENS) / computed;
    }
}
