package dev.packhorse.jobs;

import dev.packhorse.jobs.cli.Commands;

/** The command line: {@code embed}, {@code reindex}, {@code versions}, {@code plan}, {@code explain}, {@code demo}, {@code bench}. Not thread-safe: once in a process. */
public final class Packhorse {

    private Packhorse() {}

    /** Exits with the number of a {@link dev.packhorse.jobs.outcome.ExitCode}. */
    public static void main(String[] arguments) {
        var code = Commands.run(arguments, System.out, System.err);
        if (code != 0) {
            System.exit(code); // with 0 Spark's own end is waited for, as cluster managers want it
        }
    }
}
