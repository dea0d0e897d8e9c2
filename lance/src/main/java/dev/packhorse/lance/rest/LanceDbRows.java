package dev.packhorse.lance.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.packhorse.stores.contract.StoredRows;
import dev.packhorse.stores.contract.VectorTable;
import java.util.ArrayDeque;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.Queue;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;

/** A share of a server's rows, page by page, all of the version that the table was in when this was opened. Not thread-safe. */
final class LanceDbRows implements StoredRows {

    private static final long PAGE = 10_000; // rows

    private final RestTable server;
    private final OptionalLong version;
    private final long end;
    private final Queue<Stored> page = new ArrayDeque<>();
    private long next;

    LanceDbRows(RestPlace place, int share, int shares) {
        this.server = new RestTable(place);
        this.version = server.version();
        var rows = server.rows();
        this.next = rows * share / shares;
        this.end = rows * (share + 1) / shares;
    }

    /** Ids and content hashes of rows, by no vector. */
    static ObjectNode query(long rows) {
        var query = RestAnswer.JSON.createObjectNode().put("k", rows);
        query.putObject("vector");
        query.putObject("columns").putArray("column_names").add(VectorTable.ID).add(VectorTable.CONTENT_HASH);
        return query;
    }

    @Override
    public boolean hasNext() {
        if (page.isEmpty() && next < end) {
            var wanted = Math.min(PAGE, end - next);
            var query = query(wanted).put("offset", next);
            version.ifPresent(number -> query.put("version", number));
            try (var allocator = new RootAllocator()) {
                server.query(query, allocator, batch -> {
                    var id = (VarCharVector) batch.getVector(VectorTable.ID);
                    var hash = (VarCharVector) batch.getVector(VectorTable.CONTENT_HASH);
                    for (var row = 0; row < batch.getRowCount(); row++) {
                        page.add(new Stored(
                                id.getObject(row).toString(),
                                hash.getObject(row).toString()));
                    }
                });
            }
            if (page.size() != wanted) {
                throw server.place()
                        .failure(
                                "%d rows from the %d. on".formatted(wanted, next),
                                page.size() + " rows",
                                "see that nobody else writes to it, and run the export again");
            }
            next += wanted;
        }
        return !page.isEmpty();
    }

    @Override
    public Stored next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.remove();
    }

    @Override
    public void close() {
        page.clear();
        next = end;
    }
}
