package dev.packhorse.stores.contract;

import java.io.Serializable;
import java.util.List;

/**
 * What a task has written.
 *
 * @param written rows that the store has taken
 * @param deleted rows that it was told to delete
 * @param refused rows that it has refused, each with its reason; the first {@value #MOST_REFUSED}
 * @param refusedRows how many were
 * @param parts what the store wants to publish, such as names of files, in its own words; may hold more than one
 */
public record Receipt(long written, long deleted, List<Refused> refused, long refusedRows, List<String> parts)
        implements Serializable {

    /** Of whose reasons a task tells. */
    public static final int MOST_REFUSED = 10;

    /**
     * A row that a store would not take.
     *
     * @param reason as the store says it
     */
    public record Refused(String id, String reason) implements Serializable {}

    /** Copies the lists. */
    public Receipt {
        refused = List.copyOf(refused);
        parts = List.copyOf(parts);
    }

    /** Of a task of which nothing was refused. */
    public static Receipt of(long written, long deleted, List<String> parts) {
        return new Receipt(written, deleted, List.of(), 0, parts);
    }
}
