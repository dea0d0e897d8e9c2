package dev.packhorse.engine.gpu;

import dev.packhorse.engine.contract.BrokenEncoderException;
import dev.packhorse.engine.contract.EncoderInfo;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One device's own thread: opens its session, answers what the queue has until that ends, and closes the session. It keeps no
 * process alive.
 */
final class DeviceThread {

    private static final Logger LOG = LoggerFactory.getLogger(DeviceThread.class);

    private final Supplier<DeviceSession> opener;
    private final RequestQueue queue;
    private final int budget;
    private final CompletableFuture<EncoderInfo> opened = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private DeviceThread(Supplier<DeviceSession> opener, RequestQueue queue, int budget) {
        this.opener = opener;
        this.queue = queue;
        this.budget = budget;
    }

    /** Starts one; it ends with the queue. */
    static DeviceThread start(Supplier<DeviceSession> opener, RequestQueue queue, int budget, int number) {
        var device = new DeviceThread(opener, queue, budget);
        var thread = new Thread(device::run, "packhorse-device-" + number);
        thread.setDaemon(true);
        thread.start();
        return device;
    }

    /**
     * Waits until its session is open.
     *
     * @throws RuntimeException or Error what opening threw
     */
    EncoderInfo info() {
        return join(opened);
    }

    /**
     * Waits for its end, for which the queue must have ended, also where the thread is interrupted.
     *
     * @throws RuntimeException or Error what closing the session threw
     */
    void awaitEnd() {
        join(ended);
    }

    private static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        }
    }

    private void run() {
        try (var session = opener.get()) {
            opened.complete(session.info());
            Thread.currentThread()
                    .setName("packhorse-" + session.info().device().id());
            serve(session);
        } catch (RuntimeException | Error e) {
            if (!opened.completeExceptionally(e)) { // it was open: then closing failed
                ended.completeExceptionally(e);
            }
        }
        ended.complete(null); // nothing where that failed
    }

    private void serve(DeviceSession session) {
        var launches = new Launches(session, budget);
        var requests = List.<Request>of();
        try {
            for (requests = queue.take(launches.limit());
                    !requests.isEmpty();
                    requests = queue.take(launches.limit())) {
                launches.answer(requests);
                queue.finished();
            }
        } catch (RuntimeException | Error e) {
            fail(
                    requests,
                    "the thread of %s ended, for %s"
                            .formatted(session.info().device().id(), e),
                    e);
        }
    }

    /** Nobody may wait for an answer that never comes. */
    private void fail(List<Request> requests, String message, Throwable cause) {
        Supplier<RuntimeException> reason = () -> new BrokenEncoderException(message, cause);
        try {
            requests.forEach(request -> request.fail(reason.get())); // nothing where there is an answer
        } finally {
            queue.fail(reason);
            LOG.error("{}", message, cause);
        }
    }
}
