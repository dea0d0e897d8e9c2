package dev.packhorse.lance.rest;

import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.StoreWriter;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.rows.VectorRows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Merges rows into a server's table, each request at once for all to see. Rows that are refused alone are told; a batch is
 * halved until they stand alone. Not thread-safe.
 */
final class LanceDbWriter implements StoreWriter {

    /** What a server takes at once: of rows about so many, and of bytes 2 MB where nobody has said more. */
    private static final int MOST_ROWS = 1000;

    private static final long MOST_BYTES = 1_900_000;

    /** Ids of a predicate. */
    private static final int MOST_IDS = 500;

    /** Characters of a predicate that is part of an address, before it is encoded. */
    private static final int MOST_OF_AN_ADDRESS = 2000;

    private final RestTable server;
    private final VectorTable table;
    private final RootAllocator allocator = new RootAllocator();
    private final List<Receipt.Refused> refused = new ArrayList<>();
    private boolean deletesByMerge;
    private long written;
    private long deleted;
    private long refusedRows;
    private boolean closed;

    LanceDbWriter(RestTable server, VectorTable table) {
        this.server = server;
        this.table = table;
    }

    @Override
    public void write(VectorSchemaRoot batch) {
        var rows = batch.getRowCount();
        if (rows == 0) {
            return;
        }
        var bytes = batch.getFieldVectors().stream()
                .mapToLong(column -> column.getBufferSize())
                .sum();
        var atOnce = (int) Math.max(1, Math.min(MOST_ROWS, rows * MOST_BYTES / Math.max(1, bytes)));
        for (var from = 0; from < rows; from += atOnce) {
            send(batch, from, Math.min(atOnce, rows - from));
        }
    }

    private void send(VectorSchemaRoot batch, int from, int rows) {
        RestAnswer answer;
        try {
            if (from == 0 && rows == batch.getRowCount()) {
                answer = server.merge(ArrowBodies.stream(batch), table);
            } else {
                try (var slice = batch.slice(from, rows)) {
                    answer = server.merge(ArrowBodies.stream(slice), table);
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e); // it goes to memory
        }
        if (answer.isDone()) {
            written += rows;
        } else if (answer.isOfTheRows() && rows > 1) {
            send(batch, from, rows / 2);
            send(batch, from + rows / 2, rows - rows / 2);
        } else if (answer.isOfTheRows()) {
            refuse(batch, from, answer);
        } else {
            server.check(answer, "rows to be taken");
        }
    }

    private void refuse(VectorSchemaRoot batch, int row, RestAnswer answer) {
        if (refused.size() == Receipt.MOST_REFUSED && written == 0) {
            server.check(answer, "rows to be taken"); // it takes none
        }
        refusedRows++;
        if (refused.size() < Receipt.MOST_REFUSED) {
            refused.add(new Receipt.Refused(
                    new VectorRows(table, batch).id(row),
                    server.place().secrets().redact(answer.message())));
        }
    }

    @Override
    public void delete(List<String> ids) {
        for (var from = 0; from < ids.size(); from += MOST_IDS) {
            deleteSome(ids.subList(from, Math.min(ids.size(), from + MOST_IDS)));
        }
        deleted += ids.size();
    }

    private void deleteSome(List<String> ids) {
        var predicate = Sql.idIn(ids);
        if (!deletesByMerge) {
            var answer = server.delete(predicate);
            if (!answer.isUnknown()) {
                server.check(answer, "rows to be deleted");
                return;
            }
            deletesByMerge = true; // it does not know how
        }
        if (predicate.length() > MOST_OF_AN_ADDRESS && ids.size() > 1) {
            deleteSome(ids.subList(0, ids.size() / 2));
            deleteSome(ids.subList(ids.size() / 2, ids.size()));
        } else {
            server.check(server.deleteByMerge(predicate, table, allocator), "rows to be deleted");
        }
    }

    @Override
    public Map<String, String> confirmed(Collection<String> ids) {
        var confirmed = new HashMap<String, String>();
        var asked = List.copyOf(ids);
        for (var from = 0; from < asked.size(); from += MOST_IDS) {
            var some = asked.subList(from, Math.min(asked.size(), from + MOST_IDS));
            var query = LanceDbRows.query(some.size()).put("filter", Sql.idIn(some));
            server.query(query, allocator, batch -> {
                var id = (VarCharVector) batch.getVector(VectorTable.ID);
                var hash = (VarCharVector) batch.getVector(VectorTable.CONTENT_HASH);
                for (var row = 0; row < batch.getRowCount(); row++) {
                    confirmed.put(
                            id.getObject(row).toString(), hash.getObject(row).toString());
                }
            });
        }
        return confirmed;
    }

    @Override
    public Receipt commit() {
        return new Receipt(written, deleted, refused, refusedRows, List.of());
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            allocator.close();
        }
    }
}
