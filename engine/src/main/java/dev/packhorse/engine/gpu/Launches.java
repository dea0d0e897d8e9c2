package dev.packhorse.engine.gpu;

import dev.packhorse.engine.contract.BrokenEncoderException;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.nested.OutOfNativeMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts what one device is asked for into launches that it has memory for, and the answers apart again. Where memory runs out
 * it remembers a limit and stays within it. Belongs to the session's thread.
 */
final class Launches {

    private static final Logger LOG = LoggerFactory.getLogger(Launches.class);

    private final DeviceSession session;
    private int limit; // tokens of a launch of more than one row

    /**
     * @param session stays the caller's
     * @param budget the most tokens of a launch; a single longer row goes alone
     */
    Launches(DeviceSession session, int budget) {
        this.session = session;
        this.limit = budget;
    }

    /** The most tokens of a launch, from what is known by now; only a row that is longer alone has more. */
    int limit() {
        return limit;
    }

    /** Rows of one request. */
    private record Part(Request request, RowSlice slice) {}

    /**
     * Answers requests, in one launch where they fit.
     *
     * @throws RuntimeException never for a request's sake: that gets it as its answer; BrokenEncoderException when the device
     *     computes nothing more
     * @throws Error after which the session is of no use
     */
    void answer(List<Request> requests) {
        run(requests.stream()
                .map(request -> new Part(request, RowSlice.of(request.batch())))
                .toList());
    }

    private void run(List<Part> parts) {
        var left = new ArrayDeque<>(parts);
        while (!left.isEmpty()) {
            var launch = next(left);
            if (!launch.isEmpty()) {
                attempt(launch);
            }
        }
    }

    /** Takes off as many rows as fit in a launch, at least one; none of what has failed meanwhile. */
    private List<Part> next(Deque<Part> left) {
        var launch = new ArrayList<Part>();
        for (var room = limit; !left.isEmpty(); ) {
            var part = left.remove();
            if (part.request().isAnswered()) {
                continue;
            }
            var slice = part.slice();
            var to = fitting(slice, room, launch.isEmpty() ? 1 : 0);
            if (to > slice.from()) {
                var fits = new RowSlice(slice.batch(), slice.from(), to);
                launch.add(new Part(part.request(), fits));
                room -= fits.tokens();
            }
            if (to < slice.to()) {
                left.addFirst(new Part(part.request(), new RowSlice(slice.batch(), to, slice.to())));
                break;
            }
        }
        return launch;
    }

    /** Behind the last row of as many as have no more than so many tokens, but at least so many rows. */
    private static int fitting(RowSlice slice, int tokens, int least) {
        var offsets = slice.batch().offsets();
        var to = slice.from() + least;
        while (to < slice.to() && offsets.get(to + 1) - offsets.get(slice.from()) <= tokens) {
            to++;
        }
        return to;
    }

    private void attempt(List<Part> launch) {
        try {
            launch(launch);
        } catch (OutOfDeviceMemoryException e) {
            withLess(launch, e);
        } catch (BrokenEncoderException e) { // nothing can be tried again here
            throw e;
        } catch (RuntimeException | OutOfMemoryError e) {
            if (e instanceof OutOfMemoryError && !OutOfNativeMemory.happened(e)) {
                throw e;
            }
            if (launch.size() == 1) {
                launch.get(0).request().fail(e);
            } else { // it may be one request's fault, and no other's
                launch.forEach(part -> attempt(List.of(part)));
            }
        }
    }

    private void launch(List<Part> launch) {
        var slices = launch.stream().map(Part::slice).toList();
        var rows = RowSlice.rows(slices);
        var found = session.launch(slices); // [rows, D]
        if (found.length != rows * session.info().dimension()) {
            throw new IllegalStateException("%s: expected %d vectors of %d numbers, found %d numbers"
                    .formatted(session.info().name(), rows, session.info().dimension(), found.length));
        }
        var first = 0;
        for (var part : launch) {
            part.request().take(part.slice(), found, first);
            first += part.slice().rows();
        }
    }

    private void withLess(List<Part> launch, OutOfDeviceMemoryException failure) {
        var device = session.info().device().id();
        var tokens = launch.stream().mapToInt(part -> part.slice().tokens()).sum();
        if (launch.stream().mapToInt(part -> part.slice().rows()).sum() == 1) {
            launch.get(0)
                    .request()
                    .fail(new EncoderException(
                            "not enough memory on %s for one row of %d tokens: %s"
                                    .formatted(device, tokens, failure.getMessage()),
                            failure));
            return;
        }
        limit = Math.max(1, Math.min(limit, tokens / 2));
        LOG.warn(
                "{}: not enough memory for {} tokens at once, from now on at most {}: {}",
                device,
                tokens,
                limit,
                failure.getMessage());
        run(launch);
    }
}
