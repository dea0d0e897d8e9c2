package dev.packhorse.stores.opensearch;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.packhorse.stores.contract.IndexKind;
import dev.packhorse.stores.contract.VectorSearch;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.http.HttpCall;
import dev.packhorse.stores.http.HttpSession;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks by the graph, or by a script that looks at all vectors. Lucene's graphs look at as many candidates as they give neighbours,
 * so that the more are asked for, of which the nearest are taken. Not thread-safe.
 *
 * @see <a href="https://docs.opensearch.org/2.19/vector-search/vector-search-techniques/knn-score-script/">knn_score</a>
 */
final class OpenSearchSearch implements VectorSearch {

    private final VectorTable table;
    private final OpenSearchSettings settings;
    private final OpenSearchServer server;
    private final HttpSession session;

    OpenSearchSearch(VectorTable table, OpenSearchSettings settings, OpenSearchServer server) {
        this.table = table;
        this.settings = settings;
        this.server = server;
        this.session = server.connect();
    }

    @Override
    public List<String> nearest(float[] vector, int k) {
        var search = JsonNodeFactory.instance.objectNode();
        search.put("size", k).put("_source", false);
        var query = search.putObject("query");
        if (settings.index() == IndexKind.NONE) {
            exact(query, vector);
        } else {
            var knn = query.putObject("knn").putObject(VectorTable.VECTOR);
            knn.put("k", Math.max(k, settings.efSearch()));
            numbers(knn, VectorTable.VECTOR, vector);
        }
        var answer = session.demand(HttpCall.of("POST", server.path("/_search"), search.toString()));
        var hits = answer.json().path("hits").path("hits");
        if (!hits.isArray()) {
            throw answer.nonsense("hits");
        }
        var ids = new ArrayList<String>();
        hits.forEach(hit -> ids.add(hit.path("_id").asText()));
        return ids;
    }

    private void exact(ObjectNode query, float[] vector) {
        var scored = query.putObject("script_score");
        scored.putObject("query").putObject("match_all");
        var script = scored.putObject("script").put("lang", "knn").put("source", "knn_score");
        var parameters = script.putObject("params")
                .put("field", VectorTable.VECTOR)
                .put("space_type", OpenSearchMapping.space(table.metric()));
        numbers(parameters, "query_value", vector);
    }

    private static void numbers(ObjectNode into, String name, float[] vector) {
        var numbers = into.putArray(name);
        for (var number : vector) {
            numbers.add(number);
        }
    }

    @Override
    public long rows() {
        return OpenSearchStore.count(server, session);
    }

    @Override
    public void close() {
        session.close();
    }
}
