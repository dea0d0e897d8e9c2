package dev.packhorse.stores.opensearch;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoredRows;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.http.HttpAnswer;
import dev.packhorse.stores.http.HttpCall;
import dev.packhorse.stores.http.HttpSession;
import java.util.ArrayDeque;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;

/**
 * Reads a slice of an index as it was when it began, page by page. It scrolls, for paging by a sorted field takes time that grows
 * with the square of the rows. Not thread-safe.
 *
 * @see <a href="https://docs.opensearch.org/2.19/api-reference/scroll/">Scroll</a>
 */
final class OpenSearchRows implements StoredRows {

    private static final int PAGE = 5000; // rows

    private static final String KEPT = "10m";

    /** What the server lets an index be cut into, index.max_slices_per_scroll. */
    private static final int MOST_SLICES = 1024;

    private final HttpSession session;
    private final Queue<Stored> page = new ArrayDeque<>();
    private String scroll = "";
    private long read;
    private boolean atEnd;
    private boolean closed;

    private OpenSearchRows(HttpSession session) {
        this.session = session;
    }

    static StoredRows open(OpenSearchServer server, int share, int shares) {
        if (share >= MOST_SLICES) {
            return StoredRows.of(List.of());
        }
        var rows = new OpenSearchRows(server.connect());
        try {
            rows.begin(server, share, Math.min(shares, MOST_SLICES));
            return rows;
        } catch (RuntimeException | Error e) {
            rows.close();
            throw e;
        }
    }

    private void begin(OpenSearchServer server, int slice, int slices) {
        var search = JsonNodeFactory.instance.objectNode();
        search.put("size", PAGE);
        search.putArray("_source").add(VectorTable.CONTENT_HASH);
        search.putArray("sort").add("_doc");
        search.put("track_total_hits", true);
        if (slices > 1) {
            search.putObject("slice").put("id", slice).put("max", slices);
        }
        read(session.demand(HttpCall.of("POST", server.path("/_search?scroll=" + KEPT), search.toString())));
    }

    private void read(HttpAnswer answer) {
        var found = answer.json();
        var hits = found.path("hits").path("hits");
        if (!hits.isArray() || !found.path("_scroll_id").isTextual()) {
            throw answer.nonsense("hits and a scroll id");
        }
        scroll = found.path("_scroll_id").asText();
        var failed = found.path("_shards").path("failed").asInt();
        if (failed > 0 || found.path("timed_out").asBoolean()) {
            throw new StoreException(
                    "%s: expected rows of all shards, found %d that failed".formatted(answer.of(), failed));
        }
        for (var hit : hits) {
            page.add(new Stored(
                    hit.path("_id").asText(),
                    hit.path("_source").path(VectorTable.CONTENT_HASH).asText("")));
        }
        read += hits.size();
        atEnd = hits.isEmpty();
        var total = found.path("hits").path("total").path("value").asLong(-1);
        if (atEnd && read != total) { // a page that was lost on its way is not sent again
            throw new StoreException("%s: expected %d rows, found %d; an answer was lost, run again"
                    .formatted(answer.of(), total, read));
        }
    }

    @Override
    public boolean hasNext() {
        while (page.isEmpty() && !atEnd) {
            var next = JsonNodeFactory.instance.objectNode();
            next.put("scroll", KEPT).put("scroll_id", scroll);
            read(session.demand(HttpCall.of("POST", "/_search/scroll", next.toString())));
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
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (!scroll.isEmpty()) {
                var given = JsonNodeFactory.instance.objectNode();
                given.putArray("scroll_id").add(scroll);
                session.send(HttpCall.of("DELETE", "/_search/scroll", given.toString()));
            }
        } catch (StoreException e) {
            // the server forgets it by itself
        } finally {
            session.close();
        }
    }
}
