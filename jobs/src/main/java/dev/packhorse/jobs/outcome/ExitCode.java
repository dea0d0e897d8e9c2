package dev.packhorse.jobs.outcome;

/** What a process says of a job when it ends; schedulers decide by it. Numbers never change their meaning. */
public enum ExitCode {
    /** All is done; of a reindex, what is to be read is what was published, or was so before. */
    DONE(0, "done: published, or nothing had changed"),
    /** Something broke; what it was stands on stderr. The job may be started again. */
    FAILED(1, "failed; start it again, it goes on where it was"),
    /** Nothing was begun. */
    BAD_OPTIONS(2, "options, a configuration or a model that do not fit"),
    /** New vectors are there to be looked at, and were not published. */
    AUDIT_FAILED(3, "the audit failed: nothing was published"),
    /** Nothing was embedded. */
    SOURCE_UNREADABLE(4, "the source could not be read"),
    /** Nothing was published by this run. */
    TARGET_BUSY(5, "another run is at work on the target, or published meanwhile"),
    /** What the store has confirmed stays there, and is not sent again. */
    STORE_FAILED(6, "the store could not be reached, or did not take all rows");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    /** What the process ends with. */
    public int number() {
        return number;
    }

    /** In a few words, for people. */
    public String meaning() {
        return meaning;
    }
}
