package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.Takes;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.rows.ExactSearch.Seen;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;

/** How the parts of a run become what users read. Immutable. */
interface Publishing extends Serializable {

    /** What a run has to send. */
    Takes takes();

    /**
     * Looks whether what is in a place is an export's.
     *
     * @throws dev.packhorse.stores.contract.StoreException when it is somebody else's, or does not go with the table
     */
    void check(Place place, VectorTable table) throws IOException;

    /**
     * Puts parts in place.
     *
     * @param before names of the files that are there
     * @return names of those that are there then; any others are swept away after the manifest says so
     */
    List<String> publish(Place place, VectorTable table, String run, Parts parts, List<String> before)
            throws IOException;

    /** Deletes files of exports but those named. */
    void sweep(Place place, List<String> current) throws IOException;

    /** Reads all vectors back. */
    void read(Place place, VectorTable table, List<String> current, Seen seen) throws IOException;

    /** What tasks wrote. */
    record Parts(List<Part> rows, List<Part> deleted) {}
}
