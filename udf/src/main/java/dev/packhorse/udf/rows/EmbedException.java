package dev.packhorse.udf.rows;

/** A row could not be embedded and the job was told to end at that ({@code --on-error fail}). */
public final class EmbedException extends RuntimeException {

    /** @param message one line: which row, and why it has no vector */
    public EmbedException(String message) {
        super(message);
    }
}
