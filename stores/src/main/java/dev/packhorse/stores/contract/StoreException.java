package dev.packhorse.stores.contract;

/** A store that does not do what it should. The message says what was expected, what was found and where; it holds no secret. */
public final class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @param message for people */
    public StoreException(String message) {
        super(message);
    }

    /** The same with what caused it, whose messages must not hold secrets either. */
    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
