package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.VectorTable;
import java.io.Serializable;
import java.util.Optional;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/** Which columns a Parquet file has, and what they hold. Immutable. */
interface ParquetProfile extends Serializable {

    /** Its columns; that of vectors is a list of three levels, as Parquet's LogicalTypes.md says. */
    MessageType schema(VectorTable table);

    /** The column of ids. */
    String idColumn();

    /** The column of vectors. */
    String vectorColumn();

    /**
     * Whether rows of the table fit.
     *
     * @throws StoreException when none would
     */
    void check(VectorTable table);

    /** Files at most. */
    int mostFiles();

    /** The rows of a batch as records. */
    Records records(VectorTable table, VectorSchemaRoot batch);

    /** Not thread-safe; to be asked of a row first whether it is refused, then for the row. */
    interface Records {

        /** The id of a row. */
        String id(int row);

        /** Why a row cannot be taken, where it cannot. */
        Optional<String> refusal(int row);

        /** Writes a record. */
        void write(int row, RecordConsumer out);
    }
}
