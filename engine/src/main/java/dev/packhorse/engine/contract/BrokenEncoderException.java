package dev.packhorse.engine.contract;

/**
 * An encoder does not even encode any more what it encoded when it was opened. That is no row's fault: rows that it is
 * given must not be taken for bad ones, and it must be opened anew.
 */
public final class BrokenEncoderException extends RuntimeException {

    /** @param message what was expected and what was found */
    public BrokenEncoderException(String message) {
        super(message);
    }

    /** @param cause what broke it */
    public BrokenEncoderException(String message, Throwable cause) {
        super(message, cause);
    }
}
