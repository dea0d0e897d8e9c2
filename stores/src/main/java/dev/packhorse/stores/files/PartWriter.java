package dev.packhorse.stores.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreWriter;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.contract.WriteTask;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what a task has into files of its run's staging folder, each one of its own name, and deletes them if it fails. */
final class PartWriter implements StoreWriter {

    private static final Logger LOG = LoggerFactory.getLogger(PartWriter.class);

    private final FileFormat format;
    private final VectorTable table;
    private final Folder rows;
    private final Folder deleted;
    private final boolean keepsDeleted;
    private final Refusals refusals = new Refusals();
    private Optional<FSDataOutputStream> rowsOut = Optional.empty();
    private Optional<FileFormat.Writer> writer = Optional.empty();
    private Optional<FSDataOutputStream> deletedOut = Optional.empty();
    private long written;
    private long deletions;
    private boolean committed;

    /**
     * @param staging of the run
     * @param keepsDeleted whether deleted ids are written; where all rows are sent each time there is nothing to delete
     */
    PartWriter(FileFormat format, VectorTable table, Folder staging, WriteTask task, boolean keepsDeleted) {
        this.format = format;
        this.table = table;
        this.keepsDeleted = keepsDeleted;
        // Attempts of a stage that is run again are counted from 0 again: only a random name is no other's.
        var name = "part-%05d-%d-%s"
                .formatted(
                        task.partition(),
                        task.attempt(),
                        UUID.randomUUID().toString().substring(0, 8));
        this.rows = staging.child(name + ".part");
        this.deleted = staging.child(name + ".deleted");
    }

    @Override
    public void write(VectorSchemaRoot batch) {
        Failures.in("write " + rows, () -> {
            if (writer.isEmpty()) {
                rowsOut = Optional.of(rows.files().create(rows.path(), true));
                writer = Optional.of(format.open(table, rowsOut.get()));
            }
            written += writer.get().write(batch, refusals);
        });
    }

    @Override
    public void delete(List<String> ids) {
        if (!keepsDeleted) {
            return;
        }
        Failures.in("write " + deleted, () -> {
            if (deletedOut.isEmpty()) {
                deletedOut = Optional.of(deleted.files().create(deleted.path(), true));
            }
            for (var id : ids) {
                if (id.indexOf('\n') >= 0 || id.indexOf('\r') >= 0) {
                    refusals.add(id, "expected an id of one line to delete, found a line break in it");
                } else {
                    deletedOut.get().write((id + "\n").getBytes(UTF_8));
                    deletions++;
                }
            }
        });
    }

    @Override
    public Receipt commit() {
        if (committed) {
            throw new StoreException("expected one commit of %s, found another".formatted(rows));
        }
        var parts = new ArrayList<String>();
        Failures.in("write " + rows, () -> {
            if (writer.isPresent()) {
                writer.get().finish();
                parts.add(part(Part.Holds.ROWS, rows, written).text());
            }
            if (deletedOut.isPresent()) {
                deletedOut.get().close();
                parts.add(part(Part.Holds.DELETED, deleted, deletions).text());
            }
        });
        committed = true;
        return new Receipt(written, deletions, refusals.first(), refusals.count(), parts);
    }

    private static Part part(Part.Holds holds, Folder file, long rows) throws IOException {
        return new Part(
                holds,
                file.name(),
                rows,
                file.length().orElseThrow(() -> new IOException("expected %s, found none".formatted(file))));
    }

    @Override
    public void close() {
        if (committed) {
            return;
        }
        quietly(() -> {
            if (writer.isPresent()) {
                writer.get().finish(); // lets go what it holds
            }
        });
        drop(rowsOut, rows);
        drop(deletedOut, deleted);
        rowsOut = Optional.empty();
        writer = Optional.empty();
        deletedOut = Optional.empty();
    }

    private static void drop(Optional<FSDataOutputStream> out, Folder file) {
        if (out.isPresent()) {
            quietly(out.get()::close);
            quietly(file::delete);
        }
    }

    /** What stays behind is hidden, and the next run deletes it. */
    private static void quietly(Failures.Deed deed) {
        try {
            deed.run();
        } catch (IOException | RuntimeException e) {
            LOG.debug("While a part was dropped", e);
        }
    }
}
