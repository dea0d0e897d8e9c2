package dev.packhorse.jobs.export;

import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.udf.rows.TextColumns;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;

/** What a store must be told to be in step with a source. Closed, it lets go what Spark holds of it. Not thread-safe. */
final class StoreDiff implements AutoCloseable {

    private static final String KIND = "packhorse_kind";
    private static final String OLD_ID = "packhorse_old_id";
    private static final String OLD_HASH = "packhorse_old_hash";

    /** Ids of so many rows are sent to each executor, in place of the vectors through a shuffle. */
    private static final long MOST_BROADCAST = 1_000_000;

    private final Dataset<Row> rows;
    private final Dataset<Row> deleted;
    private final Counts counts;
    private final Optional<Dataset<Row>> held;

    /**
     * How many rows.
     *
     * @param source rows that have a vector
     * @param added that the store has not
     * @param changed that it has with another content hash
     * @param removed that are to be deleted
     * @param foreign that the source has not, and that stay
     */
    record Counts(long source, long added, long changed, long unchanged, long removed, long foreign) {

        long sent() {
            return added + changed;
        }

        /** What the store had before. */
        long stored() {
            return changed + unchanged + removed + foreign;
        }
    }

    private enum Kind {
        ADDED,
        CHANGED,
        UNCHANGED,
        REMOVED
    }

    private StoreDiff(Dataset<Row> rows, Dataset<Row> deleted, Counts counts, Optional<Dataset<Row>> held) {
        this.rows = rows;
        this.deleted = deleted;
        this.counts = counts;
        this.held = held;
    }

    /** For a store that has nothing, or takes everything anew. */
    static StoreDiff everything(Dataset<Row> rows, Dataset<Row> keys) {
        var count = keys.count();
        return new StoreDiff(rows, noIds(keys), new Counts(count, count, 0, 0, 0, 0), Optional.empty());
    }

    /** For a store that is in step. */
    static StoreDiff nothing(Dataset<Row> rows, Dataset<Row> keys) {
        var count = keys.count();
        return new StoreDiff(rows.limit(0), noIds(keys), new Counts(count, 0, 0, count, 0, 0), Optional.empty());
    }

    private static Dataset<Row> noIds(Dataset<Row> keys) {
        return keys.select(VectorTable.ID).limit(0);
    }

    /**
     * What differs between a source and what a store has.
     *
     * @param rows of the source, whole
     * @param keys of the same rows: id and content hash
     * @param stored the same of what the store has; read once
     * @param deletes whether rows of the store that the source has not are to go
     */
    static StoreDiff between(Dataset<Row> rows, Dataset<Row> keys, Dataset<Row> stored, boolean deletes) {
        var kinds = kinds(keys, stored).persist(StorageLevel.MEMORY_AND_DISK()); // the store is asked once
        try {
            var counts = counts(kinds, deletes);
            var removed = kinds.filter(functions.col(KIND).equalTo(Kind.REMOVED.name()))
                    .select(VectorTable.ID);
            return new StoreDiff(
                    sent(rows, kinds, counts), deletes ? removed : removed.limit(0), counts, Optional.of(kinds));
        } catch (RuntimeException | Error e) {
            kinds.unpersist();
            throw e;
        }
    }

    private static Dataset<Row> kinds(Dataset<Row> keys, Dataset<Row> stored) {
        var old = stored.select(
                functions.col(VectorTable.ID).as(OLD_ID),
                functions
                        .coalesce(functions.col(VectorTable.CONTENT_HASH), functions.lit(""))
                        .as(OLD_HASH));
        var id = functions.col(VectorTable.ID);
        var kind = functions
                .when(functions.col(OLD_ID).isNull(), Kind.ADDED.name())
                .when(id.isNull(), Kind.REMOVED.name())
                .when(functions.col(VectorTable.CONTENT_HASH).equalTo(functions.col(OLD_HASH)), Kind.UNCHANGED.name())
                .otherwise(Kind.CHANGED.name());
        return keys.join(old, id.equalTo(functions.col(OLD_ID)), "full_outer")
                .select(functions.coalesce(id, functions.col(OLD_ID)).as(VectorTable.ID), kind.as(KIND));
    }

    private static Counts counts(Dataset<Row> kinds, boolean deletes) {
        var counted = kinds.groupBy(KIND).count().collectAsList().stream()
                .collect(Collectors.toMap(row -> Kind.valueOf(row.getString(0)), row -> row.getLong(1)));
        var added = counted.getOrDefault(Kind.ADDED, 0L);
        var changed = counted.getOrDefault(Kind.CHANGED, 0L);
        var unchanged = counted.getOrDefault(Kind.UNCHANGED, 0L);
        var gone = counted.getOrDefault(Kind.REMOVED, 0L);
        return new Counts(
                added + changed + unchanged, added, changed, unchanged, deletes ? gone : 0, deletes ? 0 : gone);
    }

    private static Dataset<Row> sent(Dataset<Row> rows, Dataset<Row> kinds, Counts counts) {
        if (counts.unchanged() == 0) {
            return rows; // all are sent, and need no join
        }
        var ids = kinds.filter(functions.col(KIND).isin(Kind.ADDED.name(), Kind.CHANGED.name()))
                .select(VectorTable.ID);
        var chosen = counts.sent() <= MOST_BROADCAST ? functions.broadcast(ids) : ids;
        return rows.join(chosen, VectorTable.ID)
                .select(Arrays.stream(rows.columns()).map(TextColumns::quoted).toArray(Column[]::new));
    }

    /** Rows to send, with the columns of {@link VectorTable#schema} in order. */
    Dataset<Row> rows() {
        return rows;
    }

    /** Ids to delete. */
    Dataset<Row> deleted() {
        return deleted;
    }

    Counts counts() {
        return counts;
    }

    /** Whether all rows of the source are sent, as if the store had none. */
    boolean isEverything() {
        return counts.sent() == counts.source() && counts.stored() == 0;
    }

    @Override
    public void close() {
        held.ifPresent(Dataset::unpersist);
    }
}
