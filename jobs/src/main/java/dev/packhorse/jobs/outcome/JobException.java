package dev.packhorse.jobs.outcome;

/** A job that ends with an exit code of its own. The message says what was expected, what was found and what to do. */
public final class JobException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final ExitCode code;

    /** @param message for people */
    public JobException(ExitCode code, String message) {
        super(message);
        this.code = code;
    }

    /** The same with what caused it. */
    public JobException(ExitCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** What the process ends with. */
    public ExitCode code() {
        return code;
    }
}
