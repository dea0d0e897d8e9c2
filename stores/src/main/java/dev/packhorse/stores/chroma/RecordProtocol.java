package dev.packhorse.stores.chroma;

import dev.packhorse.stores.http.BatchProtocol;
import dev.packhorse.stores.http.HttpAnswer;
import dev.packhorse.stores.http.HttpCall;
import dev.packhorse.stores.http.Outcome;
import java.util.Collections;
import java.util.List;

/**
 * Records by columns: all ids, then all vectors, then all metadata. A server takes all of a request, or nothing.
 *
 * @param path of the request
 * @param mostRows as the server says
 */
record RecordProtocol(String path, List<Part> parts, int mostRows) implements BatchProtocol {

    /** Servers close the connection without a word after 40 MiB, where nobody has told them of another bound. */
    private static final long MOST_BYTES = 32L << 20;

    static RecordProtocol upserts(ChromaCollection collection, int mostRows) {
        return new RecordProtocol(
                collection.path("/upsert"),
                List.of(
                        new Part("{\"ids\":[", ",", "],"),
                        new Part("\"embeddings\":[", ",", "],"),
                        new Part("\"metadatas\":[", ",", "]}")),
                mostRows);
    }

    static RecordProtocol deletes(ChromaCollection collection, int mostRows) {
        return new RecordProtocol(collection.path("/delete"), List.of(new Part("{\"ids\":[", ",", "]}")), mostRows);
    }

    @Override
    public long mostBytes() {
        return MOST_BYTES;
    }

    @Override
    public HttpCall call(byte[] body, int length) {
        return new HttpCall("POST", path, "application/json", body, length);
    }

    @Override
    public List<Outcome> read(HttpAnswer answer, List<String> ids) {
        if (!answer.json().isObject() || answer.json().has("error")) {
            throw answer.nonsense("that %d rows were taken".formatted(ids.size()));
        }
        return Collections.nCopies(ids.size(), Outcome.TAKEN);
    }
}
