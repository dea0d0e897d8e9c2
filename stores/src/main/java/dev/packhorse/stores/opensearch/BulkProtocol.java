package dev.packhorse.stores.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.http.BatchProtocol;
import dev.packhorse.stores.http.HttpAnswer;
import dev.packhorse.stores.http.HttpCall;
import dev.packhorse.stores.http.Outcome;
import java.util.ArrayList;
import java.util.List;

/**
 * Lines of JSON for {@code _bulk}, which says of each what became of it.
 *
 * @param action of all lines: {@code index} or {@code delete}
 * @see <a href="https://docs.opensearch.org/2.19/api-reference/document-apis/bulk/">Bulk</a>
 */
record BulkProtocol(OpenSearchServer server, String action, int mostRows, long mostBytes) implements BatchProtocol {

    static final String INDEX = "index";
    static final String DELETE = "delete";

    private static final String FILTER =
            "/_bulk?filter_path=errors,items.*._id,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason";

    @Override
    public List<Part> parts() {
        return List.of(new Part("", "", ""));
    }

    @Override
    public HttpCall call(byte[] body, int length) {
        return new HttpCall("POST", server.path(FILTER), "application/x-ndjson", body, length);
    }

    @Override
    public List<Outcome> read(HttpAnswer answer, List<String> ids) {
        var items = answer.json().path("items");
        if (!items.isArray() || items.size() != ids.size()) {
            throw answer.nonsense("what became of %d rows".formatted(ids.size()));
        }
        var outcomes = new ArrayList<Outcome>(ids.size());
        for (var i = 0; i < ids.size(); i++) {
            var item = items.get(i).path(action);
            if (!item.path("_id").asText().equals(ids.get(i))
                    || !item.path("status").isInt()) {
                throw answer.nonsense("what became of id %s in place %d".formatted(ids.get(i), i));
            }
            outcomes.add(outcome(answer, item));
        }
        return outcomes;
    }

    private Outcome outcome(HttpAnswer answer, JsonNode item) {
        var status = item.path("status").asInt();
        var wasNotThere =
                status == 404 && action.equals(DELETE) && item.path("error").isMissingNode();
        if (status / 100 == 2 || wasNotThere) {
            return Outcome.TAKEN;
        }
        var reason = "status " + status + ": " + HttpAnswer.reason(item);
        return switch (status) {
            case 429, 503 -> new Outcome(Outcome.Kind.BUSY, reason);
            case 400 -> new Outcome(Outcome.Kind.REFUSED, reason);
            default ->
                throw new StoreException(
                        "%s: expected rows to be taken, found %s; is the index open for writes, and is there room?"
                                .formatted(answer.of(), answer.secrets().redact(reason)));
        };
    }
}
