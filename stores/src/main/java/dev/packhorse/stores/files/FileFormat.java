package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.rows.ExactSearch.Seen;
import java.io.IOException;
import java.io.Serializable;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.hadoop.fs.FSDataOutputStream;

/** How rows are laid out in a file. Immutable. */
interface FileFormat extends Serializable {

    /** What names of files end with: {@code .parquet}. */
    String suffix();

    /**
     * Whether it can hold the table.
     *
     * @throws StoreException when it cannot
     */
    void check(VectorTable table);

    /** Files at most, as who imports them says. */
    default int mostFiles() {
        return Integer.MAX_VALUE;
    }

    /** Whether readers expect a file where there are no rows. */
    default boolean writesEmptyFile() {
        return false;
    }

    /**
     * Opens a file.
     *
     * @param out closed by the writer
     */
    Writer open(VectorTable table, FSDataOutputStream out) throws IOException;

    /** Reads all vectors of a file back. */
    void read(VectorTable table, Folder file, Seen seen) throws IOException;

    /** Writes one file. Not thread-safe. */
    interface Writer {

        /**
         * Writes the rows of a batch but those that it refuses.
         *
         * @return how many it wrote
         */
        long write(VectorSchemaRoot batch, Refusals refusals) throws IOException;

        /** Ends the file and closes it; once. */
        void finish() throws IOException;
    }
}
