package dev.packhorse.lance.rest;

import dev.packhorse.lance.shape.IndexPlan;
import dev.packhorse.stores.contract.IndexKind;
import dev.packhorse.stores.contract.VectorTable;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Optional;

/**
 * Lets a server build its index over the vectors: IVF_HNSW_SQ or IVF_PQ. One that is there stays while four of five rows are in
 * it, for a search looks at the others one by one; else it is built anew.
 */
final class LanceDbIndex {

    /** Codes of a vector, which no request can change. */
    private static final int CODES = 16;

    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** Pauses until this gives up; half an hour. */
    private static final int MOST_PAUSES = 1800;

    private final RestTable server;
    private final IndexPlan plan;
    private final VectorTable table;

    LanceDbIndex(RestTable server, IndexPlan plan, VectorTable table) {
        this.server = server;
        this.plan = plan;
        this.table = table;
    }

    /**
     * Checks that the server will be able to build it.
     *
     * @throws dev.packhorse.stores.contract.StoreException where it will not
     */
    static void check(IndexPlan plan, VectorTable table, RestPlace place) {
        if (plan.kind() == IndexKind.IVF_PQ && table.dimension() % CODES != 0) {
            throw place.failure(
                    "vectors whose numbers can be divided by %d for --index ivf-pq, for servers make so many codes of a vector"
                            .formatted(CODES),
                    "vectors of %d numbers".formatted(table.dimension()),
                    "use --index hnsw");
        }
    }

    void build() {
        var rows = server.rows();
        if (plan.kind() == IndexKind.NONE || rows < IndexPlan.LEAST_ROWS) {
            return;
        }
        var there = find();
        if (there.isPresent()) {
            var index = there.get();
            if (index.type.equals(type()) && index.without * 4 <= index.within) {
                return;
            }
            var path = server.place().table("index/%s/drop".formatted(IndexPlan.NAME));
            server.check(
                    server.client().post(path, RestClient.JSON, BodyPublishers.ofString("{}")),
                    "the old index to be dropped");
        }
        var request = RestAnswer.JSON
                .createObjectNode()
                .put("name", IndexPlan.NAME)
                .put("column", VectorTable.VECTOR)
                .put("index_type", type())
                .put("distance_type", table.metric().id());
        var answer = server.post("create_index", request);
        if (answer.status() != 409) { // an attempt before this one has begun it
            server.check(answer, "an index to be built");
        }
        await();
    }

    private String type() {
        return switch (plan.kind()) {
            case NONE -> throw new IllegalStateException("there is no index to build");
            case HNSW -> "IVF_HNSW_SQ";
            case IVF_PQ -> "IVF_PQ";
        };
    }

    /** Some servers answer before they have built it. */
    private void await() {
        for (var i = 0; i < MOST_PAUSES; i++) {
            if (find().filter(index -> index.without == 0).isPresent()) {
                return;
            }
            server.client().sleep(PAUSE);
        }
        throw server.place()
                .failure(
                        "the index to be built within half an hour",
                        "that it is not",
                        "all rows are there; see the server's log, and ask for the index again with another export");
    }

    private Optional<State> find() {
        var answer = server.client().get(server.place().table("index/%s/stats".formatted(IndexPlan.NAME)));
        if (answer.status() == 405) { // as the specification has it
            answer = server.post("index/%s/stats".formatted(IndexPlan.NAME), RestAnswer.JSON.createObjectNode());
        }
        if (answer.isMissing()) {
            return Optional.empty();
        }
        server.check(answer, "how far its index is");
        var json = server.json(answer);
        return Optional.of(new State(
                json.path("index_type").asText(),
                json.path("num_indexed_rows").asLong(),
                json.path("num_unindexed_rows").asLong()));
    }

    /** An index: of which type, and rows within it and without. */
    private record State(String type, long within, long without) {}
}
