package dev.packhorse.jobs.cli;

import dev.packhorse.jobs.output.Staging;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a person needs to know of a failed job: what happened first, and where that does not say it, where. Thread-safe. */
public final class FailureMessage {

    /** How Spark wraps what happens while rows are written; the place follows, which a user knows without the staging. */
    private static final Pattern WRITING = Pattern.compile(
            "Task failed while writing rows to (\\S+?)(/" + Pattern.quote(Staging.PREFIX) + "\\S*)?\\.?(\\s|$)");

    /** What Spark's scheduler appends to what its driver was told; of use to Spark's developers. */
    private static final Pattern STACK = Pattern.compile("\\R(Driver stacktrace:|\\s+at )[\\s\\S]*");

    private static final String OWN = "dev.packhorse.";

    private FailureMessage() {}

    /** One line: what Packhorse itself says where it says something, else what happened first. */
    public static String of(Throwable failure) {
        var own = causes(failure)
                .filter(cause -> cause.getClass().getName().startsWith(OWN))
                .reduce((first, last) -> last);
        if (own.isPresent()) {
            return String.valueOf(own.get().getMessage());
        }
        var root = causes(failure).reduce((first, last) -> last).orElse(failure);
        var message = STACK.matcher(String.valueOf(root.getMessage()))
                .replaceFirst("")
                .strip()
                .replaceAll("\\s*\\R\\s*", " ");
        return root instanceof IOException
                ? message
                        + place(failure)
                                .map(" (while rows were written to %s)"::formatted)
                                .orElse("")
                : message;
    }

    /** A full disk, for one, does not say which. */
    private static Optional<String> place(Throwable failure) {
        return causes(failure)
                .map(cause -> WRITING.matcher(String.valueOf(cause.getMessage())))
                .filter(matcher -> matcher.find())
                .map(matcher -> matcher.group(1))
                .findFirst();
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause);
    }
}
