package dev.packhorse.stores.chroma;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.packhorse.stores.contract.StoredRows;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.http.HttpCall;
import dev.packhorse.stores.http.HttpSession;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;

/**
 * Reads a collection page by page, of which each share has every so many-th. Pages are in the order in which rows came; rows that
 * are deleted meanwhile let some be overlooked, which are sent again then. Not thread-safe.
 */
final class ChromaRows implements StoredRows {

    private static final int PAGE = 1000; // rows

    private final ChromaCollection collection;
    private final HttpSession session;
    private final int shares;
    private final Queue<Stored> rows = new ArrayDeque<>();
    private long page;
    private boolean atEnd;

    /** @param session closed with this one */
    ChromaRows(ChromaCollection collection, HttpSession session, int share, int shares) {
        this.collection = collection;
        this.session = session;
        this.page = share;
        this.shares = shares;
    }

    @Override
    public boolean hasNext() {
        while (rows.isEmpty() && !atEnd) {
            var question = JsonNodeFactory.instance.objectNode();
            question.put("limit", PAGE).put("offset", page * PAGE);
            question.putArray("include").add("metadatas");
            rows.addAll(records(session, collection, question));
            atEnd = rows.size() < PAGE;
            page += shares;
        }
        return !rows.isEmpty();
    }

    @Override
    public Stored next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return rows.remove();
    }

    /** Records that a question asks for with their metadata. */
    static List<Stored> records(HttpSession session, ChromaCollection collection, JsonNode question) {
        var answer = session.demand(HttpCall.of("POST", collection.path("/get"), question.toString()));
        var ids = answer.json().path("ids");
        var metadata = answer.json().path("metadatas");
        if (!ids.isArray() || !metadata.isArray() || ids.size() != metadata.size()) {
            throw answer.nonsense("as many ids as metadata");
        }
        var records = new ArrayList<Stored>(ids.size());
        for (var i = 0; i < ids.size(); i++) {
            records.add(new Stored(
                    ids.get(i).asText(),
                    metadata.get(i).path(VectorTable.CONTENT_HASH).asText("")));
        }
        return records;
    }

    @Override
    public void close() {
        session.close();
    }
}
