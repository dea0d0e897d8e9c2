package dev.packhorse.lance.table;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.StoreWriter;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.contract.WriteTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.lance.file.LanceFileWriter;

/**
 * Writes rows to files in the table's folder of data, batch by batch, that no reader sees before the driver commits them. Lance holds
 * some megabytes of each column until it writes them. Not thread-safe.
 */
final class LanceWriter implements StoreWriter {

    /** Rows of a file, about as many as Lance's own writers put into one. */
    private static final long MOST_ROWS = 1L << 20;

    private final LancePlace place;
    private final VectorTable table;
    private final String prefix;
    private final RootAllocator allocator = new RootAllocator();
    private final List<NewFile> files = new ArrayList<>();
    private String version = "";
    private Optional<Open> rows = Optional.empty();
    private Optional<Open> deletes = Optional.empty();
    private int opened;
    private boolean done;
    private boolean closed;

    LanceWriter(LancePlace place, VectorTable table, WriteTask task) {
        this.place = place;
        this.table = table;
        // a stage that is tried again counts its attempts from 0 again
        this.prefix = "%s%d-%d-%s"
                .formatted(
                        prefix(task.run()),
                        task.partition(),
                        task.attempt(),
                        UUID.randomUUID().toString().substring(0, 8));
    }

    /** What the names of all files of a run begin with. */
    static String prefix(String run) {
        return "packhorse-" + run + "-";
    }

    @Override
    public void write(VectorSchemaRoot batch) {
        if (batch.getRowCount() == 0) {
            return;
        }
        if (rows.isEmpty()) {
            // Arrow gives buffers away within one root of allocators only, so these are the batch's
            rows = Optional.of(open(false, batch.getFieldVectors().get(0).getAllocator()));
        }
        rows.get().write(batch);
        if (rows.get().count >= MOST_ROWS) {
            finish(rows.get());
            rows = Optional.empty();
        }
    }

    @Override
    public void delete(List<String> ids) {
        if (ids.isEmpty()) {
            return;
        }
        if (deletes.isEmpty()) {
            deletes = Optional.of(open(true, allocator));
        }
        var schema = new Schema(List.of(new Field(
                VectorTable.ID,
                FieldType.notNullable(table.schema().findField(VectorTable.ID).getType()),
                List.of())));
        try (var batch = VectorSchemaRoot.create(schema, allocator)) {
            var column = (VarCharVector) batch.getVector(VectorTable.ID);
            for (var i = 0; i < ids.size(); i++) {
                column.setSafe(i, ids.get(i).getBytes(UTF_8));
            }
            batch.setRowCount(ids.size());
            deletes.get().write(batch);
        }
    }

    private Open open(boolean forDeletes, BufferAllocator exporter) {
        if (version.isEmpty()) {
            version = formatVersion();
        }
        var name = "%s-%d.lance".formatted(prefix, opened++);
        try {
            return new Open(
                    name,
                    forDeletes,
                    LanceFileWriter.open(place.dataFile(name), exporter, null, Optional.of(version), place.storage()));
        } catch (Exception | LinkageError e) {
            throw place.failure("write a file to it", e);
        }
    }

    private String formatVersion() {
        try (var dataset = place.open(allocator)) {
            return dataset.getLanceFileFormatVersion();
        } catch (Exception | LinkageError e) {
            throw place.failure("read it", e);
        }
    }

    private void finish(Open open) {
        try {
            open.writer.close(); // writes the end of the file, and tells when it is not there
        } catch (Exception e) {
            throw place.failure("write a file to it", e);
        }
        files.add(new NewFile(open.name, open.count, open.forDeletes));
    }

    @Override
    public Receipt commit() {
        rows.ifPresent(this::finish);
        rows = Optional.empty();
        deletes.ifPresent(this::finish);
        deletes = Optional.empty();
        done = true;
        return Receipt.of(
                count(false), count(true), files.stream().map(NewFile::part).toList());
    }

    private long count(boolean deleted) {
        return files.stream()
                .filter(file -> file.deletes() == deleted)
                .mapToLong(NewFile::rows)
                .sum();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            rows.ifPresent(this::drop);
            deletes.ifPresent(this::drop);
            if (!done) {
                files.forEach(file -> place.remove(file.name()));
            }
        } finally {
            allocator.close();
        }
    }

    private void drop(Open open) {
        try {
            open.writer.close();
        } catch (Exception e) {
            // the file is not wanted any more, and the failure that is has been told
        }
        place.remove(open.name);
    }

    /** A file that is being written. */
    private final class Open {

        private final String name;
        private final boolean forDeletes;
        private final LanceFileWriter writer;
        private long count;

        private Open(String name, boolean forDeletes, LanceFileWriter writer) {
            this.name = name;
            this.forDeletes = forDeletes;
            this.writer = writer;
        }

        private void write(VectorSchemaRoot batch) {
            try {
                writer.write(batch);
            } catch (Exception e) {
                throw place.failure("write a file to it", e);
            }
            count += batch.getRowCount();
        }
    }
}
