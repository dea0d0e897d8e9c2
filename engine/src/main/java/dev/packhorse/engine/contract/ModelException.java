package dev.packhorse.engine.contract;

/** A model's files are missing, broken, or ask for what is not supported. The message names the file. */
public final class ModelException extends RuntimeException {

    public ModelException(String message) {
        super(message);
    }

    public ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
