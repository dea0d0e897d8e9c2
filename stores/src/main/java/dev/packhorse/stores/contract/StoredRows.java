package dev.packhorse.stores.contract;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;

/** Rows that a store has, one after the other; read once. Not thread-safe. */
public interface StoredRows extends Iterator<StoredRows.Stored>, AutoCloseable {

    /** A row. */
    record Stored(String id, String contentHash) implements Serializable {}

    /** Lets go what reading needs; may be called twice. */
    @Override
    void close();

    /** Those of a list, with nothing to close. */
    static StoredRows of(List<Stored> rows) {
        var iterator = rows.iterator();
        return new StoredRows() {
            @Override
            public boolean hasNext() {
                return iterator.hasNext();
            }

            @Override
            public Stored next() {
                return iterator.next();
            }

            @Override
            public void close() {}
        };
    }
}
