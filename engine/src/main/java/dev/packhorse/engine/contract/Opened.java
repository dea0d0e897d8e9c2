package dev.packhorse.engine.contract;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What somebody opened, closed in reverse order. One that fails keeps none of the others open. Closing twice does nothing
 * more. Not thread-safe.
 */
public final class Opened implements AutoCloseable {

    private final Deque<AutoCloseable> resources = new ArrayDeque<>();

    /** Remembers to close it. */
    public <T extends AutoCloseable> T add(T resource) {
        resources.push(resource);
        return resource;
    }

    /**
     * Closes all that is still open.
     *
     * @throws RuntimeException the first that closing threw, the others with it as suppressed ones
     */
    @Override
    public void close() {
        RuntimeException first = null;
        while (!resources.isEmpty()) {
            try {
                resources.pop().close();
            } catch (Exception e) {
                if (first == null) {
                    first = e instanceof RuntimeException r ? r : new IllegalStateException(e);
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /** Closes all after something failed, which nothing that closing throws may hide: that is suppressed. */
    public void closeAfter(Throwable failure) {
        try {
            close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }
}
