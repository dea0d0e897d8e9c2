package dev.packhorse.engine.onednn;

import dev.packhorse.engine.measure.Span;
import java.util.ArrayList;
import java.util.List;

/** The time of one thread by operation, remembered for profiles only. Not thread-safe. */
final class Stopwatch {

    private final List<Span> spans = new ArrayList<>();
    private boolean recording;
    private long since;

    /** Time from now on is the next {@link #stop}'s. */
    void start() {
        since = System.nanoTime();
    }

    /** The time since the last start or stop was this operation's. */
    void stop(Operation operation) {
        var now = System.nanoTime();
        if (recording) {
            spans.add(new Span(operation.id(), "", Thread.currentThread().getId(), since / 1e3, (now - since) / 1e3));
        }
        since = now;
    }

    /** Remembers each operation from now on, or forgets those that it remembers. */
    void record(boolean on) {
        recording = on;
        spans.clear();
    }

    /** Those that were remembered, in their order. */
    List<Span> spans() {
        return List.copyOf(spans);
    }
}
