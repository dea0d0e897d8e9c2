package dev.packhorse.engine.contract;

/** A batch could not be encoded; the encoder that threw it stays usable. */
public final class EncoderException extends RuntimeException {

    public EncoderException(String message) {
        super(message);
    }

    public EncoderException(String message, Throwable cause) {
        super(message, cause);
    }
}
