package dev.packhorse.stores.opensearch;

import static dev.packhorse.stores.http.FakeServer.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.stores.contract.Contents;
import dev.packhorse.stores.contract.ExportMark;
import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreOptions;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.WriteTask;
import dev.packhorse.stores.http.FakePauses;
import dev.packhorse.stores.http.FakeServer;
import dev.packhorse.udf.options.OptionValues;
import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is sent to a server, and what of a server that errs; a real one is in storetests. */
@Timeout(60)
class OpenSearchStoreTest {

    private static final FakeServer.Reply NODES =
            says(200, "{\"nodes\":{\"a\":{\"http\":{\"max_content_length_in_bytes\":104857600}}}}");

    /** Made by a run that did not carry the price. */
    private static final FakeServer.Reply INDEX = says(200, """
            {"real-1":{"settings":{"index":{"knn":"true"}},"mappings":{"properties":{"id":{"type":"keyword"},
            "vector":{"type":"knn_vector","dimension":8},"content_hash":{"type":"keyword"},"model_id":{"type":"keyword"},
            "model_version":{"type":"keyword"},"embedded_at":{"type":"date_nanos"},"metadata":{"type":"keyword"},
            "title":{"type":"keyword"},"year":{"type":"long"},"fresh":{"type":"boolean"}}}}}""");

    private final RootAllocator allocator = new RootAllocator();
    private FakeServer server;

    @BeforeEach
    void start() throws Exception {
        server = new FakeServer(says(200, "{}"));
    }

    @AfterEach
    void stop() {
        server.close();
        allocator.close();
    }

    private Store store() {
        var kind = new OpenSearchKind(new FakePauses());
        var known = Stream.concat(StoreOptions.ALL.stream(), kind.options().stream())
                .toList();
        return kind.open(new StoreRequest(
                "opensearch:" + server.url() + "/index",
                OptionValues.read(known, Map.of(), Map.of()),
                new Secrets(Map.of("user", "admin", "password", "hush")),
                Map.of()));
    }

    private Receipt write(Store store, List<TestRow> rows) {
        try (var writer = store.writer(TestRow.TABLE, new WriteTask("run", 0, 0));
                var batch = TestRow.batch(TestRow.TABLE, rows, allocator)) {
            writer.write(batch);
            return writer.commit();
        }
    }

    private static TestRow row(String id) {
        return new TestRow(
                id,
                new float[] {1, 0.1f, 0.2f, 0.3f, Float.MIN_VALUE, 16777216f, -1e-9f, 0.33333334f},
                "hash",
                List.of(Optional.of("a \"title\""), Optional.of(Long.MAX_VALUE), Optional.of(0.1), Optional.empty()),
                "{\"a\":1}");
    }

    @Test
    void rowsAreLinesOfJsonWithTheShortestNumbers() {
        server.then(NODES, says(200, "{\"errors\":false,\"items\":[{\"index\":{\"_id\":\"a\",\"status\":201}}]}"));

        assertThat(write(store(), List.of(row("a")))).isEqualTo(Receipt.of(1, 0, List.of()));

        var bulk = server.asked().get(1);
        assertThat(bulk.method()).isEqualTo("POST");
        assertThat(bulk.path()).startsWith("/index/_bulk?filter_path=errors,items.*._id,items.*.status,");
        assertThat(bulk.headers())
                .containsEntry("Authorization", "Basic YWRtaW46aHVzaA==")
                .containsEntry("Content-type", "application/x-ndjson");
        assertThat(bulk.body()).isEqualTo("""
                        {"index":{"_id":"a"}}
                        {"id":"a","vector":[1.0,0.1,0.2,0.3,1.4E-45,1.6777216E7,-1.0E-9,0.33333334],"content_hash":"hash","model_id":"tiny-bert","model_version":"fingerprint-1","embedded_at":"2026-01-01T00:00:00.000001Z","title":"a \\"title\\"","year":9223372036854775807,"price":0.1,"metadata":"{\\"a\\":1}"}
                        """);
    }

    @Test
    void anAnswerAboutOtherRowsIsNonsense() {
        for (var answer : List.of(
                "{\"errors\":false,\"items\":[]}",
                "{\"errors\":false,\"items\":[{\"index\":{\"_id\":\"b\",\"status\":201}}]}",
                "{\"errors\":false,\"items\":[{\"create\":{\"_id\":\"a\",\"status\":201}}]}",
                "{\"errors\":false,\"items\":[{\"index\":{\"_id\":\"a\"}}]}",
                "{\"ok\":true}")) {
            server.then(NODES, says(200, answer));

            assertThatThrownBy(() -> write(store(), List.of(row("a"))))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("POST /index/_bulk: expected what became of ")
                    .hasMessageContaining("found status 200 with %d bytes: ".formatted(answer.length()));
        }
    }

    @Test
    void rowsThatThereIsNoRoomForAreSentAgainAndThoseThatAreNoGoodAreTold() {
        server.then(
                NODES,
                says(200, """
                        {"errors":true,"items":[
                        {"index":{"_id":"a","status":201}},
                        {"index":{"_id":"b","status":429,"error":{"type":"rejected","reason":"queue is full"}}},
                        {"index":{"_id":"c","status":400,"error":{"type":"mapper_parsing_exception","reason":"no number","caused_by":{"reason":"it is hush"}}}}]}"""),
                says(200, "{\"errors\":false,\"items\":[{\"index\":{\"_id\":\"b\",\"status\":200}}]}"));

        var receipt = write(store(), List.of(row("a"), row("b"), row("c")));

        assertThat(receipt)
                .isEqualTo(new Receipt(
                        2,
                        0,
                        List.of(new Receipt.Refused("c", "status 400: mapper_parsing_exception: no number: it is ***")),
                        1,
                        List.of()));
        assertThat(server.asked().get(2).body().lines().findFirst()).contains("{\"index\":{\"_id\":\"b\"}}");
        assertThat(server.asked().get(2).body().lines()).hasSize(2);
    }

    @Test
    void aDiskThatIsFullEndsIt() {
        server.then(
                NODES,
                says(
                        200,
                        "{\"errors\":true,\"items\":[{\"index\":{\"_id\":\"a\",\"status\":429,\"error\":{\"type\":\"cluster_block_exception\",\"reason\":\"disk usage exceeded flood-stage watermark\"}}}]}"));

        assertThatThrownBy(() -> write(store(), List.of(row("a"))))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(
                        "found 1 of 1 rows not taken: status 429: cluster_block_exception: disk usage exceeded flood-stage watermark (sent ")
                .hasMessageContaining("see that the store is up and has room");
    }

    @Test
    void aServerThatTellsNobodyOfItsNodesIsBelievedToTakeWhatMostDo() {
        server.then(
                says(403, "{}"),
                says(200, "{\"errors\":false,\"items\":[{\"index\":{\"_id\":\"a\",\"status\":201}}]}"));

        assertThat(write(store(), List.of(row("a"))).written()).isEqualTo(1);
    }

    @Test
    void aMarkIsKeptBesideWhatOthersKeep() {
        server.then(
                says(200, "{\"index\":{\"mappings\":{\"_meta\":{\"owner\":{\"team\":\"search\"}},\"properties\":{}}}}"),
                says(200, "{}"));

        store().mark(TestRow.TABLE, new ExportMark("lake", "7", "t", 3));

        assertThat(server.asked().get(1).path()).isEqualTo("/index/_mapping");
        assertThat(server.asked().get(1).body())
                .isEqualTo(
                        "{\"_meta\":{\"owner\":{\"team\":\"search\"},\"packhorse_rows\":\"3\",\"packhorse_source\":\"lake\",\"packhorse_table\":\"t\",\"packhorse_version\":\"7\"}}");
    }

    @Test
    void anIndexThatAnotherRunMakesAtTheSameTimeIsUsed() {
        server.then(
                says(404, "{}"),
                says(400, "{\"error\":{\"type\":\"resource_already_exists_exception\",\"reason\":\"exists\"}}"),
                INDEX,
                says(200, "{\"status\":\"green\"}"),
                says(200, "{}"),
                says(200, "{}"),
                says(200, "{\"count\":3}"));

        assertThat(store().prepare(TestRow.TABLE)).isEqualTo(new Contents(false, Optional.empty()));

        assertThat(server.asked().stream().map(asked -> asked.method() + " " + asked.path()))
                .containsExactly(
                        "GET /index",
                        "PUT /index",
                        "GET /index",
                        "GET /_cluster/health/index?wait_for_status=yellow&timeout=30s",
                        "PUT /index/_mapping",
                        "POST /index/_refresh",
                        "GET /index/_count");
        assertThat(server.asked().get(4).body()).isEqualTo("{\"properties\":{\"price\":{\"type\":\"double\"}}}");
    }

    @Test
    void anIndexThatARunHasLeftWithoutRowsIsNew() {
        server.then(
                INDEX,
                says(200, "{\"status\":\"green\"}"),
                says(200, "{}"),
                says(200, "{}"),
                says(200, "{\"count\":0}"));

        assertThat(store().prepare(TestRow.TABLE)).isEqualTo(new Contents(true, Optional.empty()));
    }

    @Test
    void anAliasOfSeveralIndexesIsRefused() {
        server.then(says(200, "{\"a\":{\"mappings\":{}},\"b\":{\"mappings\":{}}}"));

        assertThatThrownBy(() -> store().prepare(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("expected one index with its mappings, found status 200");
    }

    @Test
    void rowsThatWereLostAreMissed() {
        server.then(
                says(200, "{}"),
                says(
                        200,
                        "{\"index\":{\"settings\":{\"index\":{\"knn\":\"true\"}},\"mappings\":{\"properties\":{\"vector\":{\"type\":\"knn_vector\",\"dimension\":8}}}}}"),
                says(200, "{\"count\":9}"));

        assertThatThrownBy(() -> store().publish(TestRow.TABLE, "run", List.of(Receipt.of(12, 2, List.of()))))
                .isInstanceOf(StoreException.class)
                .hasMessageEndingWith(
                        "expected at least 10 rows after so many were written, found 9; ids came twice, or somebody deletes rows");
    }

    @Test
    void aPageThatIsLostIsMissed() {
        var page = "{\"_scroll_id\":\"s\",\"_shards\":{\"failed\":0},\"hits\":{\"total\":{\"value\":3},\"hits\":[%s]}}";
        server.then(
                says(200, page.formatted("{\"_id\":\"a\",\"_source\":{\"content_hash\":\"h\"}}")),
                says(200, page.formatted("")));

        try (var stored = store().stored(TestRow.TABLE, 1, 3)) {
            assertThat(stored.next().id()).isEqualTo("a");
            assertThatThrownBy(stored::hasNext)
                    .isInstanceOf(StoreException.class)
                    .hasMessageEndingWith("expected 3 rows, found 1; an answer was lost, run again");
        }
        assertThat(server.asked().get(0).body()).contains("\"slice\":{\"id\":1,\"max\":3}");
        assertThat(server.asked().get(2).method()).isEqualTo("DELETE");
    }

    @Test
    void aStoreGoesToTasks() throws Exception {
        try (var out = new ObjectOutputStream(new ByteArrayOutputStream())) {
            out.writeObject(store());
        }
    }
}
