package dev.packhorse.engine.gpu;

import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.contract.EncoderInfo;
import dev.packhorse.engine.contract.Encoding;
import dev.packhorse.engine.contract.Opened;
import dev.packhorse.engine.nested.NestedBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * An encoder on one or several devices, each with a session on a thread of its own, which opens it, runs it and closes it.
 * One bounded queue feeds them all: what a task wants waits there, and small batches of several tasks share a launch.
 *
 * <p>Where a device's memory runs out, it is given less from then on. A launch that fails for another reason is tried again
 * request by request, so that nobody gets another one's failure. Where a thread ends by an error, all who wait and who come get
 * a {@link dev.packhorse.engine.contract.BrokenEncoderException}.
 */
public final class DeviceQueue implements Encoder {

    /**
     * What one task keeps in the queue for each device beside the batch that it waits for: one that is computed while the task
     * reads the answer, one to follow it at once, one more because batches differ.
     */
    private static final int AHEAD = 3;

    private final RequestQueue queue;
    private final List<DeviceThread> devices;
    private final EncoderInfo info;

    private DeviceQueue(RequestQueue queue, List<DeviceThread> devices, EncoderInfo info) {
        this.queue = queue;
        this.devices = devices;
        this.info = info;
    }

    /**
     * Opens a session on each device, at the same time; the caller closes them with this.
     *
     * @param openers one for each device, called by its thread; their sessions compute the same, and say so
     * @param launchTokens the most tokens of a launch; a single longer row goes alone
     * @param waiting the most batches that wait in the queue; who wants more waits until there is room
     * @throws RuntimeException or Error what an opener threw, or that sessions differ; nothing stays open then
     * @throws IllegalArgumentException when there is no opener, or a number is not positive
     */
    public static DeviceQueue open(List<Supplier<DeviceSession>> openers, int launchTokens, int waiting) {
        if (openers.isEmpty() || launchTokens < 1 || waiting < 1) {
            throw new IllegalArgumentException(
                    "expected at least one device, token and place in the queue, found %d, %d and %d"
                            .formatted(openers.size(), launchTokens, waiting));
        }
        var queue = new RequestQueue(waiting, openers.size());
        var devices = new ArrayList<DeviceThread>();
        for (var opener : openers) {
            devices.add(DeviceThread.start(opener, queue, launchTokens, devices.size()));
        }
        try {
            return new DeviceQueue(queue, devices, DeviceInfos.together(infos(devices)));
        } catch (RuntimeException | Error e) {
            ending(queue, devices).closeAfter(e);
            throw e;
        }
    }

    /** Of all of them, in their order; throws what the first threw that could not be opened, the others' suppressed. */
    private static List<EncoderInfo> infos(List<DeviceThread> devices) {
        var infos = new ArrayList<EncoderInfo>();
        Throwable first = null;
        for (var device : devices) {
            try {
                infos.add(device.info());
            } catch (RuntimeException | Error e) {
                if (first == null) {
                    first = e;
                } else if (first != e) {
                    first.addSuppressed(e);
                }
            }
        }
        if (first instanceof Error error) {
            throw error;
        }
        if (first != null) {
            throw (RuntimeException) first;
        }
        return infos;
    }

    @Override
    public EncoderInfo info() {
        return info;
    }

    @Override
    public float[] encode(NestedBatch batch) {
        try (var encoding = start(batch)) {
            return encoding.await();
        }
    }

    /** @throws dev.packhorse.engine.contract.BrokenEncoderException when a device's thread has ended by an error */
    @Override
    public Encoding start(NestedBatch batch) {
        var request = new Request(batch, info.dimension());
        try {
            queue.put(request);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        return new Encoding() {
            @Override
            public float[] await() {
                try {
                    return request.await();
                } catch (InterruptedException e) {
                    close();
                    throw interrupted(e);
                }
            }

            @Override
            public void close() {
                if (queue.withdraw(request)) {
                    request.fail(new IllegalStateException("the batch was taken back"));
                }
                request.awaitEnd(); // a device may read the batch
            }
        };
    }

    private IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException(
                "interrupted while waiting for " + info.device().id(), e);
    }

    @Override
    public int ahead() {
        return AHEAD * devices.size();
    }

    /** How many batches wait in the queue; no device has begun with them. */
    int waiting() {
        return queue.size();
    }

    /** Waits for launches that are under way; batches that nobody has begun with get an IllegalStateException. */
    @Override
    public void close() {
        ending(queue, devices).close();
    }

    /** What closes all sessions, on their threads, and waits until the last of these has ended. */
    private static Opened ending(RequestQueue queue, List<DeviceThread> devices) {
        var opened = new Opened();
        devices.forEach(device -> opened.add(device::awaitEnd));
        opened.add(queue::close);
        return opened;
    }
}
