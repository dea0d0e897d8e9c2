package dev.packhorse.stores.flight;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.packhorse.stores.contract.Contents;
import dev.packhorse.stores.contract.ExportMark;
import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreWriter;
import dev.packhorse.stores.contract.StoredRows;
import dev.packhorse.stores.contract.VectorSearch;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.contract.WriteTask;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.FlightInfo;

/**
 * A flight on a server. Each task sends one DoPut whose descriptor is the flight's name, and the server's word that it ended well
 * counts. What goes beyond that, servers may do or not: GetFlightInfo and DoGet, by which rows are listed and found, and the
 * actions {@value #MARK} and {@value #SET_MARK}, which keep what the rows are in step with.
 */
final class FlightStore implements Store {

    private static final long serialVersionUID = 1;

    /** Its body is {@code {"name":NAME}}; it answers the entries of the flight's mark as a JSON object, or nothing. */
    static final String MARK = "packhorse.mark";

    /** Its body is {@code {"name":NAME,"mark":ENTRIES}}; it answers nothing. */
    static final String SET_MARK = "packhorse.set-mark";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final FlightPlace place;
    private final Secrets secrets;

    FlightStore(FlightPlace place, Secrets secrets) {
        this.place = place;
        this.secrets = secrets;
    }

    private FlightConnection connect() {
        return new FlightConnection(place, secrets);
    }

    @Override
    public Contents prepare(VectorTable table) {
        try (var connection = connect()) {
            var info = connection.info();
            info.ifPresent(there -> check(table, there));
            var tells = connection.offers(MARK);
            return new Contents(
                    info.map(FlightInfo::getRecords).orElse(0L) == 0,
                    tells ? mark(connection) : Optional.empty(),
                    tells && connection.offers(SET_MARK));
        }
    }

    /** A server that tells no schema is told what it gets by each stream. */
    @SuppressWarnings("deprecation") // what stands in its place is not in the Flight of Spark 3.5's Arrow
    private void check(VectorTable table, FlightInfo info) {
        var schema = info.getSchema();
        if (!schema.getFields().isEmpty()) {
            FlightRows.check(place, table, schema);
        }
    }

    private Optional<ExportMark> mark(FlightConnection connection) {
        return connection
                .act(new Action(MARK, json(connection, Map.of("name", place.name()))))
                .map(answer -> {
                    try {
                        return JSON.readValue(answer, new TypeReference<Map<String, String>>() {});
                    } catch (IOException e) {
                        throw connection.failure("a JSON object in answer to " + MARK, "another text");
                    }
                })
                .flatMap(ExportMark::of);
    }

    private static byte[] json(FlightConnection connection, Map<String, ?> values) {
        try {
            return JSON.writeValueAsBytes(values);
        } catch (IOException e) {
            throw connection.failure("a name that can be written as JSON", e);
        }
    }

    @Override
    public StoreWriter writer(VectorTable table, WriteTask task) {
        return new FlightWriter(table, task, connect());
    }

    @Override
    public StoredRows stored(VectorTable table, int share, int shares) {
        var connection = connect();
        try {
            var info = connection.info();
            if (info.isEmpty()) {
                connection.close();
                return StoredRows.of(List.of());
            }
            var endpoints = info.get().getEndpoints();
            var tickets = IntStream.range(0, endpoints.size())
                    .filter(endpoint -> endpoint % shares == share)
                    .mapToObj(endpoint -> endpoints.get(endpoint).getTicket())
                    .toList();
            return new FlightStored(connection, new FlightRows(table, connection, tickets));
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Servers show rows when they like; one that counts them must have as many as were sent. */
    @Override
    public void publish(VectorTable table, String run, List<Receipt> receipts) {
        var written = receipts.stream().mapToLong(Receipt::written).sum();
        try (var connection = connect()) {
            var counted = connection.info().map(FlightInfo::getRecords).filter(records -> records >= 0);
            if (counted.isPresent() && counted.get() < written) {
                throw connection.failure(
                        "at least the " + written + " rows that were sent", "that it counts " + counted.get());
            }
        }
    }

    @Override
    public void discard(VectorTable table, String run) {
        // what a server has taken cannot be told apart from what was there
    }

    @Override
    public void mark(VectorTable table, ExportMark mark) {
        try (var connection = connect()) {
            if (connection.offers(SET_MARK)) {
                connection.act(
                        new Action(SET_MARK, json(connection, Map.of("name", place.name(), "mark", mark.entries()))));
            }
        }
    }

    @Override
    public void index(VectorTable table) {
        // Flight builds none
    }

    @Override
    public Optional<VectorSearch> search(VectorTable table) {
        var connection = connect();
        try {
            var info = connection.info();
            if (info.isEmpty()) {
                connection.close();
            }
            return info.map(there -> new FlightSearch(table, connection, there));
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public String toString() {
        return place.toString();
    }
}
