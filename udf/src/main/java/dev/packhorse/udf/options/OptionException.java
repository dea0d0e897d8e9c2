package dev.packhorse.udf.options;

/** An option is unknown, cannot be read, or does not fit the others. The message names it and what to write. */
public final class OptionException extends RuntimeException {

    /** @param message one line: the option, what was expected, what was found */
    public OptionException(String message) {
        super(message);
    }
}
