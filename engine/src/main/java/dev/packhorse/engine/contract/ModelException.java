package dev.packhorse.engine.contract;

/** A model's files are missing, broken, or ask for what is not supported. The message names the file. */
public final class ModelException extends RuntimeException {

    /** @param message one line, which names the file or the option */
    public ModelException(String message) {
        super(message);
    }

    /** The same for what another exception tells of. */
    public ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
