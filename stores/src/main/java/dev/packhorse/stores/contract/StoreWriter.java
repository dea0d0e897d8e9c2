package dev.packhorse.stores.contract;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * What one attempt of a task writes with. Not thread-safe. It is done when {@link #commit} has returned; closed before that, it
 * leaves nothing half done: what was confirmed row by row may stay, what was not is as if never sent.
 */
public interface StoreWriter extends AutoCloseable {

    /**
     * Writes rows: those whose id is there already are replaced.
     *
     * @param batch at most {@code --batch-rows} rows of {@link VectorTable#schema}; the caller's, used until this returns
     * @throws StoreException when the store fails, or a row is refused in a way that says that all would be
     */
    void write(VectorSchemaRoot batch);

    /**
     * Deletes rows; ids that are not there are no failure.
     *
     * @param ids at most {@code --batch-rows}
     */
    void delete(List<String> ids);

    /**
     * What the store has confirmed already of these rows, so that an attempt that follows another does not send it again.
     *
     * @return content hashes by id; of stores that confirm a task as a whole, nothing
     */
    default Map<String, String> confirmed(Collection<String> ids) {
        return Map.of();
    }

    /** Makes sure that the store keeps what was written. */
    Receipt commit();

    /** Ends the work; may be called twice, and after a failure. */
    @Override
    void close();
}
