package dev.packhorse.stores.flight;

import dev.packhorse.stores.contract.VectorTable;
import java.util.function.Consumer;
import org.apache.arrow.vector.VectorSchemaRoot;

/** What {@link FlightServing} hands out. Thread-safe: each client reads on a thread of its own. */
public interface FlightResult {

    /** Its name: the path by which clients ask for it. */
    String name();

    /** What its rows are. */
    VectorTable table();

    /** How many parts it has, each of which is one endpoint. */
    int partitions();

    /** How many rows it has; -1 where that is not known. */
    default long rows() {
        return -1;
    }

    /**
     * Reads a part.
     *
     * @param partition from 0
     * @param sink takes a batch of {@link VectorTable#schema}, all from one root allocator, and returns when it has no more use
     *     for it; what it throws ends the reading and is passed on
     */
    void read(int partition, Consumer<VectorSchemaRoot> sink);
}
