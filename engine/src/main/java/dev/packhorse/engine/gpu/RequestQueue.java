package dev.packhorse.engine.gpu;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * What all tasks want and no device has begun with: bounded, first in, first out. Who finds it full waits, and they are let
 * in as they came. Thread-safe.
 */
final class RequestQueue {

    private final Semaphore room; // a condition of a fair lock would let newcomers in before those who wait
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Request> waiting = new ArrayDeque<>(); // guarded by lock, as what follows
    private int idle; // devices' threads that wait for requests
    private boolean ended;
    private boolean closed;
    private Supplier<RuntimeException> end = RequestQueue::isClosed;

    /** @param bound the most requests that wait in it */
    RequestQueue(int bound) {
        this.room = new Semaphore(bound, true);
    }

    /**
     * Puts a request at the end, when there is room.
     *
     * @throws RuntimeException why it ended, when it has
     */
    void put(Request request) throws InterruptedException {
        room.acquire();
        lock.lock();
        try {
            if (ended) {
                room.release(); // for the next who waits for room, which is told the same
                throw end.get();
            }
            waiting.add(request);
            changed.signalAll();
        } finally {
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
                idle++;
                changed.awaitUninterruptibly();
                idle--;
            }
            var taken = new ArrayList<Request>();
            if (!waiting.isEmpty()) {
                taken.add(waiting.remove());
                takeBeside(taken, tokens - taken.get(0).tokens());
            }
            room.release(taken.size());
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void takeBeside(List<Request> taken, int tokens) {
        var left = tokens;
        for (var others = waiting.iterator(); others.hasNext() && waiting.size() > idle; ) {
            var other = others.next();
            if (other.tokens() <= left) {
                left -= other.tokens();
                others.remove();
                taken.add(other);
            }
        }
    }

    /** Takes a request back that nobody has begun with; whether that was so. */
    boolean withdraw(Request request) {
        lock.lock();
        try {
            var withdrawn = waiting.remove(request);
            if (withdrawn) {
                room.release();
            }
            return withdrawn;
        } finally {
            lock.unlock();
        }
    }

    /** How many wait. */
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
            if (closed) {
                return;
            }
            if (!ended || closing) {
                end = reason;
            }
            closed = closing;
            ended = true;
            waiting.forEach(request -> request.fail(end.get()));
            waiting.clear();
            room.release();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
