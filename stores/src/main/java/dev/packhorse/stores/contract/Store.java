package dev.packhorse.stores.contract;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * One table, index or folder of a store. A run calls {@link #prepare} on the driver, lets tasks {@linkplain #writer write}, and
 * calls {@link #publish}, {@link #mark} and {@link #index} on the driver, in this order. Killed anywhere and begun again, it
 * ends with each id once and the newest vector: writing a row again must do no harm.
 *
 * <p>Serializable: tasks get copies, and open connections of their own. Thread-safe, for it holds none.
 *
 * <p>What goes wrong with the store is a {@link StoreException} whose message says what was expected, what was found, and where.
 */
public interface Store extends Serializable {

    /** What a run has to send. */
    default Takes takes() {
        return Takes.ROWS;
    }

    /**
     * Reaches the store, holds what is there to the table, and makes it where there is nothing.
     *
     * @throws StoreException when it cannot be reached, or has another dimension or other columns
     */
    Contents prepare(VectorTable table);

    /**
     * Said before all rows are sent to a store that takes changes, whose earlier rows nobody knows any more: what was sent before
     * counts no longer.
     */
    default void startOver(VectorTable table) {}

    /**
     * Opens what a task writes with.
     *
     * @param task which; the same task may be tried again, under another attempt
     */
    StoreWriter writer(VectorTable table, WriteTask task);

    /**
     * The rows that the store has, by id, on whatever machine; together the shares are all rows. Stores that do not hold rows to
     * be written again (streams of files) have none.
     *
     * @param share from 0
     * @param shares how many there are
     */
    StoredRows stored(VectorTable table, int share, int shares);

    /**
     * Makes what all tasks wrote visible, at once where the store can do that. Stores that show each batch as it is written
     * check that nothing is missing.
     *
     * @param receipts of all tasks, of each one
     */
    void publish(VectorTable table, String run, List<Receipt> receipts);

    /** Lets go what a run that failed has left, where it can be told apart; never throws. */
    void discard(VectorTable table, String run);

    /** Keeps with the rows what they are in step with, in place of what it kept before. */
    void mark(VectorTable table, ExportMark mark);

    /** Builds the index that the request asked for, over all rows; nothing where there is none to build. */
    void index(VectorTable table);

    /**
     * Opens what finds neighbours as users of the store would; empty where the store is read elsewhere, or by others alone.
     */
    Optional<VectorSearch> search(VectorTable table);

    /** Its address as people know it, without secrets. */
    @Override
    String toString();
}
