package dev.packhorse.stores.flight;

import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.rows.VectorRows;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** The batches of some of a flight's endpoints, one after the other. Not thread-safe. */
final class FlightRows implements AutoCloseable {

    private final VectorTable table;
    private final FlightConnection connection;
    private final Iterator<Ticket> tickets;
    private FlightDownload download;

    /**
     * @param connection stays the caller's
     * @param tickets asked for at the same server, wherever the endpoints say that they are
     */
    FlightRows(VectorTable table, FlightConnection connection, List<Ticket> tickets) {
        this.table = table;
        this.connection = connection;
        this.tickets = tickets.iterator();
    }

    /** The next batch, until the one after it is asked for. */
    Optional<VectorRows> next() {
        while (true) {
            if (download == null) {
                if (!tickets.hasNext()) {
                    return Optional.empty();
                }
                download = new FlightDownload(connection, tickets.next());
                check(connection.place(), table, download.root().getSchema());
            }
            if (download.next()) {
                return Optional.of(new VectorRows(table, download.root()));
            }
            download.close();
            download = null;
        }
    }

    /**
     * Holds what a server has to what is exported; more columns than that are its own affair.
     *
     * @param place for messages
     */
    static void check(FlightPlace place, VectorTable table, Schema found) {
        for (var expected : table.schema().getFields()) {
            var field = found.getFields().stream()
                    .filter(other -> other.getName().equals(expected.getName()))
                    .findFirst()
                    .orElseThrow(() -> new StoreException("%s: expected a column %s (%s), found only %s"
                            .formatted(
                                    place,
                                    expected.getName(),
                                    expected.getType(),
                                    found.getFields().stream()
                                            .map(Field::getName)
                                            .toList())));
            check(place, expected, field);
        }
    }

    private static void check(FlightPlace place, Field expected, Field found) {
        if (expected.getType() instanceof ArrowType.FixedSizeList vector
                && found.getType() instanceof ArrowType.FixedSizeList other
                && vector.getListSize() != other.getListSize()) {
            throw new StoreException("%s: expected vectors of %d numbers, found %d; another model needs another flight"
                    .formatted(place, vector.getListSize(), other.getListSize()));
        }
        var sameType = expected.getType().equals(found.getType());
        var sameItems = expected.getChildren().stream()
                .map(Field::getType)
                .toList()
                .equals(found.getChildren().stream().map(Field::getType).toList());
        if (!sameType || !sameItems) {
            throw new StoreException(
                    "%s: expected a column %s of %s, found %s".formatted(place, expected.getName(), expected, found));
        }
    }

    @Override
    public void close() {
        if (download != null) {
            download.close();
            download = null;
        }
    }
}
