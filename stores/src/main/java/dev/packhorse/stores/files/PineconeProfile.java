package dev.packhorse.stores.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.rows.VectorRows;
import java.util.Optional;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type.Repetition;

/**
 * For Pinecone's import (https://docs.pinecone.io/guides/index-data/import-data): an id, values, and metadata as a text of JSON. Its
 * limits are in https://docs.pinecone.io/reference/api/database-limits.
 */
record PineconeProfile() implements ParquetProfile {

    static final int MOST_ID_BYTES = 512;
    static final int MOST_METADATA_BYTES = 40 * 1024;
    private static final int MOST_DIMENSION = 20_000;
    private static final int MOST_FILES = 100_000;

    private static final String ID = "id";
    private static final String VALUES = "values";
    private static final String METADATA = "metadata";

    @Override
    public String idColumn() {
        return ID;
    }

    @Override
    public String vectorColumn() {
        return VALUES;
    }

    @Override
    public int mostFiles() {
        return MOST_FILES;
    }

    @Override
    public void check(VectorTable table) {
        if (table.dimension() > MOST_DIMENSION) {
            throw new StoreException("expected vectors of at most %d numbers for Pinecone, found %d"
                    .formatted(MOST_DIMENSION, table.dimension()));
        }
        for (var column : table.carried()) {
            if (column.name().startsWith("$")) {
                throw new StoreException(
                        "expected columns whose names Pinecone takes in metadata, found '%s', which begins with $; give the column another name"
                                .formatted(column.name()));
            }
        }
    }

    @Override
    public MessageType schema(VectorTable table) {
        return new MessageType(
                "records",
                Cells.text(Repetition.OPTIONAL, ID),
                Cells.vector(Repetition.OPTIONAL, VALUES),
                Cells.text(Repetition.OPTIONAL, METADATA));
    }

    @Override
    public Records records(VectorTable table, VectorSchemaRoot batch) {
        return new WithMetadata(table, batch);
    }

    private static final class WithMetadata implements Records {

        private final VectorTable table;
        private final VectorRows rows;
        private final ArrowBuf numbers; // [rows, d] row-major
        private byte[] id = {};
        private byte[] metadata = {}; // of the row that refusal was asked of last

        WithMetadata(VectorTable table, VectorSchemaRoot batch) {
            this.table = table;
            this.rows = new VectorRows(table, batch);
            this.numbers = Cells.numbers(batch);
        }

        @Override
        public String id(int row) {
            return rows.id(row);
        }

        @Override
        public Optional<String> refusal(int row) {
            id = rows.id(row).getBytes(UTF_8);
            if (id.length > MOST_ID_BYTES) {
                return Optional.of("expected an id of at most %d bytes for Pinecone, found %d"
                        .formatted(MOST_ID_BYTES, id.length));
            }
            try {
                metadata = PineconeMetadata.of(table, rows, row);
            } catch (RowRefused e) {
                return Optional.of(e.getMessage());
            }
            if (metadata.length > MOST_METADATA_BYTES) {
                return Optional.of(
                        "expected at most %d bytes of metadata and columns for Pinecone, found %d; carry fewer columns"
                                .formatted(MOST_METADATA_BYTES, metadata.length));
            }
            return Optional.empty();
        }

        @Override
        public void write(int row, RecordConsumer out) {
            out.startField(ID, 0);
            out.addBinary(Binary.fromConstantByteArray(id));
            out.endField(ID, 0);
            out.startField(VALUES, 1);
            Cells.writeVector(numbers, row, table.dimension(), out);
            out.endField(VALUES, 1);
            out.startField(METADATA, 2);
            out.addBinary(Binary.fromConstantByteArray(metadata));
            out.endField(METADATA, 2);
        }
    }
}
