package dev.packhorse.engine.contract;

/** A batch could not be encoded; the encoder that threw it stays usable. */
public final class EncoderException extends RuntimeException {

    /** @param message what was expected and what was found */
    public EncoderException(String message) {
        super(message);
    }

    /** @param cause what a library threw */
    public EncoderException(String message, Throwable cause) {
        super(message, cause);
    }
}
