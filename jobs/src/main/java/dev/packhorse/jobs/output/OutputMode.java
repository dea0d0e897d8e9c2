package dev.packhorse.jobs.output;

/** What happens where the output exists already. */
public enum OutputMode {
    /** The job stops before it reads a row. */
    ERROR("error"),
    /** The old files go once the new ones are complete. */
    OVERWRITE("overwrite"),
    /** The new files join the old ones, if both have the same fingerprint and columns. */
    APPEND("append");

    private final String id;

    OutputMode(String id) {
        this.id = id;
    }

    /** The name that options use. */
    public String id() {
        return id;
    }
}
