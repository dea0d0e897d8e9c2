package dev.packhorse.stores.http;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A clock that goes on when somebody sleeps, and at no other time. */
public final class FakePauses implements Pauses {

    private static final long serialVersionUID = 1;

    static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    final List<Duration> slept = new ArrayList<>();
    private Duration passed = Duration.ZERO;

    @Override
    public long nanoTime() {
        return passed.toNanos();
    }

    @Override
    public Instant now() {
        return BEGIN.plus(passed);
    }

    @Override
    public void sleep(Duration time) {
        slept.add(time);
        passed = passed.plus(time);
    }
}
