package dev.packhorse.stores.chroma;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.packhorse.stores.contract.VectorSearch;
import dev.packhorse.stores.http.HttpCall;
import dev.packhorse.stores.http.HttpSession;
import java.util.ArrayList;
import java.util.List;

/** Asks by the graph, with the candidates that the collection was made with. Not thread-safe. */
final class ChromaSearch implements VectorSearch {

    private final ChromaCollection collection;
    private final HttpSession session;

    /** @param session closed with this one */
    ChromaSearch(ChromaCollection collection, HttpSession session) {
        this.collection = collection;
        this.session = session;
    }

    @Override
    public List<String> nearest(float[] vector, int k) {
        var question = JsonNodeFactory.instance.objectNode();
        question.put("n_results", k);
        question.putArray("include");
        var numbers = question.putArray("query_embeddings").addArray();
        for (var number : vector) {
            numbers.add(number);
        }
        var answer = session.demand(HttpCall.of("POST", collection.path("/query"), question.toString()));
        var found = answer.json().path("ids");
        if (!found.isArray() || found.size() != 1 || !found.get(0).isArray()) {
            throw answer.nonsense("the neighbours of one vector");
        }
        var ids = new ArrayList<String>();
        found.get(0).forEach(id -> ids.add(id.asText()));
        return ids;
    }

    @Override
    public long rows() {
        return ChromaStore.count(collection, session);
    }

    @Override
    public void close() {
        session.close();
    }
}
