package dev.packhorse.stores.chroma;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.packhorse.stores.contract.Contents;
import dev.packhorse.stores.contract.ExportMark;
import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreWriter;
import dev.packhorse.stores.contract.StoredRows;
import dev.packhorse.stores.contract.VectorSearch;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.contract.WriteTask;
import dev.packhorse.stores.http.HttpCall;
import dev.packhorse.stores.http.HttpSession;
import java.util.List;
import java.util.Optional;

/**
 * A collection of Chroma. Each batch is seen once it is confirmed, and the graph is built while rows are written: there is nothing
 * to publish but to see that nothing is missing, and nothing to index. Thread-safe.
 */
final class ChromaStore implements Store {

    private static final long serialVersionUID = 1;

    /** What Chroma keeps for itself in metadata. */
    private static final String ITS_OWN = "chroma:";

    private final ChromaServer server;
    private final ChromaSettings settings;

    ChromaStore(ChromaServer server, ChromaSettings settings) {
        this.server = server;
        this.settings = settings;
    }

    @Override
    public Contents prepare(VectorTable table) {
        for (var column : table.carried()) {
            if (column.name().startsWith(ITS_OWN)) {
                throw new StoreException(
                        "%s: expected columns that do not begin with %s, found %s; carry it under another name"
                                .formatted(this, ITS_OWN, column.name()));
            }
        }
        try (var session = server.connectAtFirst()) {
            var collection = ChromaCollection.find(server, session)
                    .orElseGet(() -> ChromaCollection.make(server, session, table));
            collection.check(table);
            return new Contents(count(collection, session) == 0, collection.mark());
        }
    }

    @Override
    public StoreWriter writer(VectorTable table, WriteTask task) {
        var session = server.connect();
        try {
            return new ChromaWriter(table, settings, ChromaCollection.get(server, session), session);
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    @Override
    public StoredRows stored(VectorTable table, int share, int shares) {
        var session = server.connect();
        try {
            return new ChromaRows(ChromaCollection.get(server, session), session, share, shares);
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    @Override
    public void publish(VectorTable table, String run, List<Receipt> receipts) {
        try (var session = server.connect()) {
            var written = receipts.stream().mapToLong(Receipt::written).sum();
            var deleted = receipts.stream().mapToLong(Receipt::deleted).sum();
            var rows = count(ChromaCollection.get(server, session), session);
            if (rows < written - deleted) {
                throw new StoreException(
                        "%s: expected at least %d rows after so many were written, found %d; ids came twice, or somebody deletes rows"
                                .formatted(this, written - deleted, rows));
            }
        }
    }

    static long count(ChromaCollection collection, HttpSession session) {
        var answer = session.demand(HttpCall.of("GET", collection.path("/count")));
        var count = answer.json();
        if (!count.isIntegralNumber()) {
            throw answer.nonsense("a count");
        }
        return count.asLong();
    }

    /** Nothing: rows that were confirmed stay, and the next run finds them. */
    @Override
    public void discard(VectorTable table, String run) {}

    @Override
    public void mark(VectorTable table, ExportMark mark) {
        try (var session = server.connect()) {
            var collection = ChromaCollection.get(server, session);
            var change = JsonNodeFactory.instance.objectNode();
            change.set("new_metadata", collection.with(table, mark));
            session.demand(HttpCall.of("PUT", collection.path(""), change.toString()));
        }
    }

    @Override
    public void index(VectorTable table) {}

    @Override
    public Optional<VectorSearch> search(VectorTable table) {
        var session = server.connect();
        try {
            return Optional.of(new ChromaSearch(ChromaCollection.get(server, session), session));
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    @Override
    public String toString() {
        return server.toString();
    }
}
