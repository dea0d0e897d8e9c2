package dev.packhorse.engine.nested;

import java.util.List;
import java.util.Locale;
import org.apache.arrow.memory.OutOfMemoryException;

/**
 * Tells native memory that ran out, after which a smaller batch may succeed, from a full Java heap, after which nothing
 * can be trusted any more.
 *
 * <p>For the second Java has one error, and libraries throw the same for the first; only its message says which.
 * Thread-safe.
 */
public final class OutOfNativeMemory {

    private static final List<String> MESSAGES = List.of(
            "direct buffer memory", // Java's own limit: java.nio.Bits
            "of direct memory", // Netty's: OutOfDirectMemoryError
            "unable to allocate", // what malloc refused: jdk.internal.misc.Unsafe
            "physical memory usage is too high", // JavaCPP's limits: org.bytedeco.javacpp.Pointer
            "failed to allocate memory within limits",
            "cannot allocate new");

    private OutOfNativeMemory() {}

    /** Whether that is what happened. */
    public static boolean happened(Throwable failure) {
        if (failure instanceof OutOfMemoryException) { // Arrow's, which is no OutOfMemoryError
            return true;
        }
        var message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return failure instanceof OutOfMemoryError && MESSAGES.stream().anyMatch(message::contains);
    }
}
