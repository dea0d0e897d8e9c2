package dev.packhorse.engine.onednn;

/** Adds up the time of one thread by operation. Not thread-safe. */
final class Stopwatch {

    private final long[] nanos = new long[Operation.values().length];
    private long since;

    /** Time from now on is the next {@link #stop}'s. */
    void start() {
        since = System.nanoTime();
    }

    /** The time since the last start or stop was this operation's. */
    void stop(Operation operation) {
        var now = System.nanoTime();
        nanos[operation.ordinal()] += now - since;
        since = now;
    }

    /** Nanoseconds of each operation so far, in the order of the enum. */
    long[] nanos() {
        return nanos.clone();
    }
}
