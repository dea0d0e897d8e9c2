package dev.packhorse.stores.flight;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.StoreWriter;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.contract.WriteTask;
import java.util.List;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Writes with one DoPut a task, and deletes with another. Both begin when there is something to send. */
final class FlightWriter implements StoreWriter {

    /** What follows the flight's name in the path of ids to delete. */
    static final String DELETES = "deletes";

    private static final Schema IDS =
            new Schema(List.of(new Field(VectorTable.ID, FieldType.notNullable(ArrowType.Utf8.INSTANCE), List.of())));

    private final VectorTable table;
    private final FlightConnection connection;
    private final String note;
    private VectorSchemaRoot rows;
    private FlightUpload rowsUpload;
    private VectorSchemaRoot ids;
    private FlightUpload idsUpload;
    private long written;
    private long deleted;

    /** @param connection closed with this */
    FlightWriter(VectorTable table, WriteTask task, FlightConnection connection) {
        this.table = table;
        this.connection = connection;
        this.note = "{\"run\":\"%s\",\"partition\":%d,\"attempt\":%d}"
                .formatted(task.run(), task.partition(), task.attempt());
    }

    /** Hands the batch's memory to the root that the stream was begun with: a stream knows one, and callers may have many. */
    @Override
    public void write(VectorSchemaRoot batch) {
        if (rowsUpload == null) {
            var allocator = batch.getVector(VectorTable.ID).getAllocator();
            rows = VectorSchemaRoot.create(table.schema(), allocator);
            rowsUpload = new FlightUpload(connection, connection.descriptor(), rows, note);
        }
        try (var unloaded = new VectorUnloader(batch).getRecordBatch()) {
            new VectorLoader(rows).load(unloaded);
            rowsUpload.send();
            written += batch.getRowCount();
        } finally {
            rows.clear();
        }
    }

    @Override
    public void delete(List<String> deletedIds) {
        if (deletedIds.isEmpty()) {
            return;
        }
        if (idsUpload == null) {
            ids = VectorSchemaRoot.create(IDS, connection.allocator());
            idsUpload = new FlightUpload(connection, connection.descriptor(DELETES), ids, note);
        }
        try {
            var texts = (VarCharVector) ids.getVector(VectorTable.ID);
            texts.allocateNew(deletedIds.size());
            for (var row = 0; row < deletedIds.size(); row++) {
                texts.setSafe(row, deletedIds.get(row).getBytes(UTF_8));
            }
            ids.setRowCount(deletedIds.size());
            idsUpload.send();
            deleted += deletedIds.size();
        } finally {
            ids.clear();
        }
    }

    @Override
    public Receipt commit() {
        if (rowsUpload != null) {
            rowsUpload.finish();
        }
        if (idsUpload != null) {
            idsUpload.finish();
        }
        return Receipt.of(written, deleted, List.of());
    }

    /** How long it has waited for the server to take rows, in nanoseconds. */
    long waited() {
        return rowsUpload == null ? 0 : rowsUpload.waited();
    }

    @Override
    public void close() {
        for (var upload : new FlightUpload[] {idsUpload, rowsUpload}) {
            if (upload != null) {
                upload.close();
            }
        }
        for (var root : new VectorSchemaRoot[] {ids, rows}) {
            if (root != null) {
                root.close();
            }
        }
        connection.close();
    }
}
