package dev.packhorse.stores.flight;

import dev.packhorse.stores.contract.StoredRows;
import dev.packhorse.stores.rows.VectorRows;
import java.util.NoSuchElementException;
import java.util.Optional;

/** The ids and hashes of rows that a server gives back, of which a batch is held at a time. */
final class FlightStored implements StoredRows {

    private final FlightConnection connection;
    private final FlightRows rows;
    private Optional<VectorRows> batch = Optional.empty();
    private int row;

    /**
     * @param connection closed with this
     * @param rows closed with this
     */
    FlightStored(FlightConnection connection, FlightRows rows) {
        this.connection = connection;
        this.rows = rows;
    }

    @Override
    public boolean hasNext() {
        while (batch.isEmpty() || row == batch.get().count()) {
            batch = rows.next();
            row = 0;
            if (batch.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Stored next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        var found = new Stored(batch.get().id(row), batch.get().contentHash(row));
        row++;
        return found;
    }

    @Override
    public void close() {
        rows.close();
        connection.close();
    }
}
