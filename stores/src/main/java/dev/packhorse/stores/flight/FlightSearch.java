package dev.packhorse.stores.flight;

import dev.packhorse.stores.contract.VectorSearch;
import dev.packhorse.stores.contract.VectorTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;

/** Finds neighbours by reading all rows back, for Flight itself has no search. */
final class FlightSearch implements VectorSearch {

    private record Found(String id, double nearness) {}

    private final VectorTable table;
    private final FlightConnection connection;
    private final FlightInfo info;

    /** @param connection closed with this */
    FlightSearch(VectorTable table, FlightConnection connection, FlightInfo info) {
        this.table = table;
        this.connection = connection;
        this.info = info;
    }

    private FlightRows read() {
        return new FlightRows(
                table,
                connection,
                info.getEndpoints().stream().map(FlightEndpoint::getTicket).toList());
    }

    @Override
    public List<String> nearest(float[] vector, int k) {
        var best = new PriorityQueue<Found>(Comparator.comparingDouble(Found::nearness)); // the farthest first
        try (var rows = read()) {
            for (var batch = rows.next(); batch.isPresent(); batch = rows.next()) {
                for (var row = 0; row < batch.get().count(); row++) {
                    best.add(new Found(
                            batch.get().id(row),
                            table.metric().nearness(vector, batch.get().vector(row))));
                    if (best.size() > k) {
                        best.remove();
                    }
                }
            }
        }
        var found = new ArrayList<>(best);
        found.sort(Comparator.comparingDouble(Found::nearness).reversed());
        return found.stream().map(Found::id).toList();
    }

    @Override
    public long rows() {
        if (info.getRecords() >= 0) {
            return info.getRecords();
        }
        var count = 0L;
        try (var rows = read()) {
            for (var batch = rows.next(); batch.isPresent(); batch = rows.next()) {
                count += batch.get().count();
            }
        }
        return count;
    }

    @Override
    public void close() {
        connection.close();
    }
}
