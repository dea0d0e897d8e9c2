package dev.packhorse.stores.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import dev.packhorse.stores.http.HttpAnswer;
import dev.packhorse.stores.http.HttpCall;
import dev.packhorse.stores.http.HttpSession;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An index of OpenSearch. Each batch is kept once it is confirmed, and seen by searches after the next refresh: {@link #publish}
 * asks for one. The graph is built while rows are written, so {@link #index} has nothing to do. Thread-safe.
 */
final class OpenSearchStore implements Store {

    private static final long serialVersionUID = 1;

    private static final String META = "_meta";

    private final OpenSearchServer server;
    private final OpenSearchSettings settings;

    OpenSearchStore(OpenSearchServer server, OpenSearchSettings settings) {
        this.server = server;
        this.settings = settings;
    }

    @Override
    public Contents prepare(VectorTable table) {
        try (var session = server.connectAtFirst()) {
            var mapping = new OpenSearchMapping(table, settings);
            var answer = session.send(HttpCall.of("GET", server.path("")));
            if (answer.status() == 404) {
                var made = session.send(
                        HttpCall.of("PUT", server.path(""), mapping.creation().toString()));
                if (made.isFine()) {
                    return new Contents(true, Optional.empty());
                }
                if (!made.says().contains("resource_already_exists_exception")) { // by a run beside this one
                    throw made.refusal();
                }
                answer = session.send(HttpCall.of("GET", server.path("")));
            }
            var index = index(answer);
            awaitShards(session);
            var missing = mapping.missing(toString(), index);
            if (!missing.isEmpty()) {
                var more = JsonNodeFactory.instance.objectNode();
                more.set("properties", missing);
                session.demand(HttpCall.of("PUT", server.path("/_mapping"), more.toString()));
            }
            refresh(session); // what a run that was killed has left
            return new Contents(count(server, session) == 0, ExportMark.of(meta(index)));
        }
    }

    /** A node that has just started finds its indexes at once, and their rows later. */
    private void awaitShards(HttpSession session) {
        var answer = session.send(HttpCall.of(
                "GET",
                "/_cluster/health/" + HttpCall.escape(server.address().name())
                        + "?wait_for_status=yellow&timeout=30s"));
        if (answer.status() == 408) {
            throw new StoreException(
                    "%s: expected all primary shards within 30 s, found some missing; see _cluster/allocation/explain"
                            .formatted(this));
        }
        // who may not look at the cluster's health is told by what follows
    }

    /** What the server says of the only index that has the name, which may be an alias. */
    private static JsonNode index(HttpAnswer answer) {
        if (!answer.isFine()) {
            throw answer.refusal();
        }
        var indexes = answer.json();
        if (indexes.size() != 1 || !indexes.elements().next().path("mappings").isObject()) {
            throw answer.nonsense("one index with its mappings");
        }
        return indexes.elements().next();
    }

    private static Map<String, String> meta(JsonNode index) {
        var meta = new TreeMap<String, String>();
        index.path("mappings")
                .path(META)
                .properties()
                .forEach(entry -> meta.put(entry.getKey(), entry.getValue().asText()));
        return meta;
    }

    private void refresh(HttpSession session) {
        session.demand(HttpCall.of("POST", server.path("/_refresh")));
    }

    @Override
    public StoreWriter writer(VectorTable table, WriteTask task) {
        var session = server.connect();
        try {
            return new OpenSearchWriter(table, settings, server, session);
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    @Override
    public StoredRows stored(VectorTable table, int share, int shares) {
        return OpenSearchRows.open(server, share, shares);
    }

    /** Makes rows visible, and sees that the index is what it was: one that was removed comes back with a guessed mapping. */
    @Override
    public void publish(VectorTable table, String run, List<Receipt> receipts) {
        try (var session = server.connect()) {
            refresh(session);
            new OpenSearchMapping(table, settings)
                    .missing(toString(), index(session.send(HttpCall.of("GET", server.path("")))));
            var written = receipts.stream().mapToLong(Receipt::written).sum();
            var deleted = receipts.stream().mapToLong(Receipt::deleted).sum();
            var rows = count(server, session);
            if (rows < written - deleted) {
                throw new StoreException(
                        "%s: expected at least %d rows after so many were written, found %d; ids came twice, or somebody deletes rows"
                                .formatted(this, written - deleted, rows));
            }
        }
    }

    /** How many rows searches see. */
    static long count(OpenSearchServer server, HttpSession session) {
        var answer = session.demand(HttpCall.of("GET", server.path("/_count")));
        var count = answer.json().path("count");
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
            var index = index(session.send(HttpCall.of("GET", server.path(""))));
            var mapping = JsonNodeFactory.instance.objectNode();
            var meta = mapping.putObject(META);
            if (index.path("mappings").path(META) instanceof ObjectNode there) {
                meta.setAll(there); // it is given as a whole
            }
            mark.entries().forEach(meta::put);
            session.demand(HttpCall.of("PUT", server.path("/_mapping"), mapping.toString()));
        }
    }

    @Override
    public void index(VectorTable table) {}

    @Override
    public Optional<VectorSearch> search(VectorTable table) {
        return Optional.of(new OpenSearchSearch(table, settings, server));
    }

    @Override
    public String toString() {
        return server.toString();
    }
}
