package dev.packhorse.jobs.targets;

import dev.packhorse.jobs.options.ReindexOptions;
import dev.packhorse.udf.options.OptionValues;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which versions a target lets go.
 *
 * @param keep how many of the last ones stay at least
 * @param after how old they are; empty for any age
 */
public record Expiry(OptionalInt keep, Optional<Duration> after) {

    /** What the options say. */
    public static Expiry of(OptionValues options) {
        var keep = options.find(ReindexOptions.KEEP_SNAPSHOTS);
        return new Expiry(
                keep.isPresent() ? OptionalInt.of(keep.get()) : OptionalInt.empty(),
                options.find(ReindexOptions.EXPIRE_AFTER));
    }

    /** Whether none may go. */
    public boolean isNever() {
        return keep.isEmpty() && after.isEmpty();
    }

    /** How many stay at least, the current one among them. */
    int least() {
        return keep.orElse(1);
    }
}
