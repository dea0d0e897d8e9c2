package dev.packhorse.engine.gpu;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * What all tasks want and no device has begun with: bounded, first in, first out. Who finds it full waits, and they are let
 * in as they came. Thread-safe.
 */
final class RequestQueue {

    private final int bound;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    private final Deque<Request> before =
            new ArrayDeque<>(); // those that wait for room; guarded by lock, as what follows
    private final Deque<Request> waiting = new ArrayDeque<>();
    private int free; // devices that have nothing to do, or not yet
    private boolean ended;
    private Supplier<RuntimeException> end = RequestQueue::isClosed;

    /**
     * @param bound the most requests that wait in it
     * @param devices how many take from it
     */
    RequestQueue(int bound, int devices) {
        this.bound = bound;
        this.free = devices;
    }

    /**
     * Puts a request at the end, when there is room.
     *
     * @throws RuntimeException why it ended, when it has
     */
    void put(Request request) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            before.add(request);
            while (!ended && (before.element() != request || waiting.size() == bound)) {
                changed.await();
            }
            if (ended) {
                throw end.get();
            }
            waiting.add(request);
        } finally {
            before.remove(request);
            changed.signalAll();
            lock.unlock();
        }
    }

    /**
     * Takes the request that waits longest, whatever its size, and as many others as fit beside it; but leaves one to each
     * device that has nothing to do.
     *
     * @param tokens how many they may have together
     * @return in the order in which they came; none when it has ended
     */
    List<Request> take(int tokens) {
        lock.lock();
        try {
            while (waiting.isEmpty() && !ended) {
                changed.awaitUninterruptibly();
            }
            var taken = new ArrayList<Request>();
            if (!waiting.isEmpty()) {
                free--;
                taken.add(waiting.remove());
                takeBeside(taken, tokens - taken.get(0).tokens());
                changed.signalAll();
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void takeBeside(List<Request> taken, int tokens) {
        var left = tokens;
        for (var others = waiting.iterator(); others.hasNext() && waiting.size() > free; ) {
            var other = others.next();
            if (other.tokens() <= left) {
                left -= other.tokens();
                others.remove();
                taken.add(other);
            }
        }
    }

    /** Says that a device is through with what it took. */
    void finished() {
        lock.lock();
        try {
            free++;
        } finally {
            lock.unlock();
        }
    }

    /** Takes a request back that nobody has begun with; whether that was so. */
    boolean withdraw(Request request) {
        lock.lock();
        try {
            var withdrawn = waiting.remove(request);
            changed.signalAll();
            return withdrawn;
        } finally {
            lock.unlock();
        }
    }

    /** How many wait, without those for which there is no room. */
    int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Ends it: those who wait get the reason, and all who come. */
    void fail(Supplier<RuntimeException> reason) {
        end(reason, false);
    }

    /** The same where it is closed, which is the reason from then on, whatever was before. */
    void close() {
        end(RequestQueue::isClosed, true);
    }

    private static RuntimeException isClosed() {
        return new IllegalStateException("the encoder is closed");
    }

    private void end(Supplier<RuntimeException> reason, boolean closing) {
        lock.lock();
        try {
            if (!ended || closing) {
                end = reason;
            }
            ended = true;
            waiting.forEach(request -> request.fail(end.get()));
            waiting.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
