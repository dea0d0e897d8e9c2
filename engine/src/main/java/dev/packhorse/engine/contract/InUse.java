package dev.packhorse.engine.contract;

import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/** Lets threads use something at the same time until it is closed. Closing waits for those that do. Thread-safe. */
public final class InUse {

    private final String name;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    /** @param name of what is used, for the message: {@code the encoder} */
    public InUse(String name) {
        this.name = name;
    }

    /**
     * Uses it.
     *
     * @throws IllegalStateException when it is closed
     */
    public <T> T use(Supplier<T> work) {
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException(name + " is closed");
            }
            return work.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Closes it; a second time does nothing. */
    public void close(Runnable closing) {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                closing.run();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
