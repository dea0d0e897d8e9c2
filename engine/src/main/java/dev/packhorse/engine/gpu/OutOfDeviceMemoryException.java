package dev.packhorse.engine.gpu;

/** A device has not enough memory for a launch; the session stays usable, and a smaller launch may succeed. */
public final class OutOfDeviceMemoryException extends RuntimeException {

    /** @param cause what the library threw */
    public OutOfDeviceMemoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
