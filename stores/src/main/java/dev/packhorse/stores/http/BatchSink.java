package dev.packhorse.stores.http;

import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Sends rows in requests that are bounded in rows and in bytes. Rows that the store is too busy for are sent again alone; those
 * that it refuses are told of; a request that is too large is halved. Memory is one request's, and what it is made of. Not
 * thread-safe; owns nothing.
 */
public final class BatchSink {

    /** A store that refuses so many rows, and takes none, would refuse all. */
    private static final int SURELY_ALL = 100;

    private final HttpSession session;
    private final BatchProtocol protocol;
    private final EncodedRows rows;
    private final JsonBytes request = new JsonBytes();
    private final List<Receipt.Refused> refused = new ArrayList<>();
    private long mostBytes;
    private long taken;
    private long refusedRows;
    private long refusedByIt;

    /** @param session stays the caller's */
    public BatchSink(HttpSession session, BatchProtocol protocol) {
        this.session = session;
        this.protocol = protocol;
        this.rows = new EncodedRows(protocol.parts());
        this.mostBytes = Math.min(session.limits().requestBytes(), protocol.mostBytes());
    }

    /** Adds a row, and sends those before it where there is no room for more. */
    public void add(String id, RowEncoder encoder) {
        rows.add(id, encoder);
        if (rows.size() > mostBytes && rows.count() > 1) {
            sendFirst(rows.count() - 1);
        }
        if (rows.count() >= protocol.mostRows()) {
            flush();
        }
    }

    /** Tells of a row that need not be sent to know that the store would refuse it. */
    public void refuse(String id, String reason) {
        refusedRows++;
        if (refused.size() < Receipt.MOST_REFUSED) {
            refused.add(new Receipt.Refused(id, reason));
        }
    }

    /**
     * Sends all rows; when it returns, the store has confirmed or refused each of them.
     *
     * @throws StoreException when it has not
     */
    public void flush() {
        sendFirst(rows.count());
    }

    private void sendFirst(int count) {
        if (count > 0) {
            send(IntStream.range(0, count).boxed().toList());
            rows.keepFrom(count);
        }
    }

    private void send(List<Integer> some) {
        var waiting = some;
        var retries = Optional.<Retries>empty();
        while (!waiting.isEmpty()) {
            rows.compose(waiting, request);
            var call = protocol.call(request.array(), request.size());
            var answer = session.send(call);
            if (answer.status() == 413 || refusesARow(answer)) {
                divide(waiting, answer);
                return;
            }
            if (!answer.isFine()) {
                throw answer.refusal();
            }
            var busy = sort(
                    waiting,
                    protocol.read(answer, waiting.stream().map(rows::id).toList()),
                    answer);
            if (!busy.rows().isEmpty()) {
                var again =
                        retries.orElseGet(() -> new Retries(session.what(call), session.limits(), session.pauses()));
                again.pause(
                        "%d of %d rows not taken: %s".formatted(busy.rows().size(), waiting.size(), busy.reason()),
                        Optional.empty());
                retries = Optional.of(again);
            }
            waiting = busy.rows();
        }
    }

    /** Stores without an outcome for each row refuse all for one that cannot be read. */
    private static boolean refusesARow(HttpAnswer answer) {
        return answer.status() == 400 || answer.status() == 422;
    }

    private void divide(List<Integer> some, HttpAnswer answer) {
        if (some.size() > 1) {
            if (answer.status() == 413) {
                mostBytes = Math.min(mostBytes, Math.max(1, request.size() / 2));
            }
            send(some.subList(0, some.size() / 2));
            send(some.subList(some.size() / 2, some.size()));
        } else {
            refusedByTheStore(some.get(0), answer.says(), answer);
        }
    }

    private record Busy(List<Integer> rows, String reason) {}

    private Busy sort(List<Integer> sent, List<Outcome> outcomes, HttpAnswer answer) {
        if (outcomes.size() != sent.size()) {
            throw answer.nonsense("what became of %d rows".formatted(sent.size()));
        }
        // first what was taken, for it decides what refusals mean
        taken += outcomes.stream()
                .filter(outcome -> outcome.kind() == Outcome.Kind.TAKEN)
                .count();
        var busy = new ArrayList<Integer>();
        var reason = "";
        for (var i = 0; i < sent.size(); i++) {
            var outcome = outcomes.get(i);
            switch (outcome.kind()) {
                case TAKEN -> {}
                case BUSY -> {
                    busy.add(sent.get(i));
                    reason = outcome.reason();
                }
                case REFUSED -> refusedByTheStore(sent.get(i), outcome.reason(), answer);
            }
        }
        return new Busy(busy, reason);
    }

    private void refusedByTheStore(int row, String reason, HttpAnswer answer) {
        var redacted = answer.secrets().redact(reason);
        refuse(rows.id(row), redacted);
        refusedByIt++;
        if (taken == 0 && refusedByIt >= SURELY_ALL) {
            throw new StoreException(
                    "%s: expected rows to be taken, found the first %d all refused, that of id %s with: %s"
                            .formatted(answer.of(), refusedByIt, rows.id(row), redacted));
        }
    }

    /** Rows that the store has taken. */
    public long taken() {
        return taken;
    }

    /** What was refused, as {@link Receipt} tells it. */
    public List<Receipt.Refused> refused() {
        return List.copyOf(refused);
    }

    /** How many rows were refused. */
    public long refusedRows() {
        return refusedRows;
    }
}
