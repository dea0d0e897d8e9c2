package dev.packhorse.storetests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreContract;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.WriteTask;
import dev.packhorse.stores.opensearch.OpenSearchKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract, and what is OpenSearch's own, against a real node. */
class OpenSearchStoreIT extends StoreContract {

    @TempDir
    static Path folder;

    private static OpenSearchProcess server;

    @BeforeAll
    static void start() throws Exception {
        server = new OpenSearchProcess(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    @Override
    protected StoreKind kind() {
        return new OpenSearchKind();
    }

    @Override
    protected String address(String name) {
        return "opensearch:" + server.url() + "/" + name;
    }

    private static String index(String address) {
        return address.substring(address.lastIndexOf('/'));
    }

    @Override
    protected List<TestRow> read(Store store, String address) throws Exception {
        var found = new Asked(server.url()).get(index(address) + "/_search?size=10000");
        var rows = new ArrayList<TestRow>();
        for (var hit : found.path("hits").path("hits")) {
            rows.add(row(hit));
        }
        return rows;
    }

    private static TestRow row(JsonNode hit) {
        var source = hit.path("_source");
        assertThat(source.path("id").asText()).isEqualTo(hit.path("_id").asText());
        assertThat(source.path("model_id").asText()).isEqualTo("tiny-bert");
        assertThat(source.path("model_version").asText()).isEqualTo("fingerprint-1");
        assertThat(source.path("embedded_at").asText()).isEqualTo("2026-01-01T00:00:00.000001Z");
        var vector = new float[source.path("vector").size()];
        for (var i = 0; i < vector.length; i++) {
            vector[i] = source.path("vector").get(i).floatValue();
        }
        return new TestRow(
                hit.path("_id").asText(),
                vector,
                source.path("content_hash").asText(),
                List.of(
                        Optional.ofNullable(source.get("title")).map(JsonNode::asText),
                        Optional.ofNullable(source.get("year")).map(JsonNode::asLong),
                        Optional.ofNullable(source.get("price")).map(JsonNode::asDouble),
                        Optional.ofNullable(source.get("fresh")).map(JsonNode::asBoolean)),
                source.path("metadata").asText());
    }

    @Test
    void rowsThatOpenSearchWouldNotTakeAreToldOfAndTheOthersAreThere() throws Exception {
        var address = address(name());
        var store = open(address);
        var rows = TestRow.random("a", 5, random);
        var zero = new TestRow("zero", new float[8], "h", rows.get(0).carried(), "{}");
        var longId = TestRow.random("é".repeat(300), "h", random);
        var all = new ArrayList<>(rows);
        all.add(2, zero);
        all.add(longId);
        store.prepare(TestRow.TABLE);

        var receipt = write(store, "run1", all, List.of()).get(0);

        assertThat(receipt.written()).isEqualTo(5);
        assertThat(receipt.refusedRows()).isEqualTo(2);
        assertThat(receipt.refused())
                .containsExactlyInAnyOrder(
                        new Receipt.Refused(longId.id(), "an id of 600 bytes; OpenSearch takes from 1 to 512"),
                        new Receipt.Refused(
                                "zero",
                                "status 400: mapper_parsing_exception: failed to parse field [vector] of type [knn_vector] in document with id 'zero'. Preview of field's value: 'null': zero vector is not supported when space type is [cosinesimil]"));
        assertSame(read(store, address), rows);
    }

    @Test
    void anIndexThatIsClosedForWritesIsNamedWithItsReason() throws Exception {
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        new Asked(server.url()).put(index(address) + "/_settings", "{\"index.blocks.write\":true}");

        assertThatThrownBy(() -> write(store, "run1", TestRow.random("a", 5, random), List.of()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("expected rows to be taken, found status 403: cluster_block_exception")
                .hasMessageContaining("blocked by: [FORBIDDEN/8/index write (api)]")
                .hasMessageEndingWith("is the index open for writes, and is there room?");
    }

    /** What OpenSearch does with all indexes of a node whose disk is nearly full. */
    @Test
    void anIndexWithoutRoomIsWaitedForAndThenNamed() throws Exception {
        var address = address(name());
        var store = open(address, "http-retry-time", "1s");
        store.prepare(TestRow.TABLE);
        var asked = new Asked(server.url());
        asked.put(index(address) + "/_settings", "{\"index.blocks.read_only_allow_delete\":true}");

        assertThatThrownBy(() -> write(store, "run1", TestRow.random("a", 5, random), List.of()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("found 5 of 5 rows not taken: status 429: cluster_block_exception")
                .hasMessageContaining("see that the store is up and has room");

        asked.put(index(address) + "/_settings", "{\"index.blocks.read_only_allow_delete\":null}");
        assertThat(write(store, "run1", TestRow.random("a", 5, random), List.of())
                        .get(0)
                        .written())
                .isEqualTo(5);
    }

    @Test
    void anIndexThatHasOtherFieldsIsRefused() throws Exception {
        var address = address(name());
        new Asked(server.url())
                .put(
                        index(address),
                        "{\"settings\":{\"index.knn\":true},\"mappings\":{\"properties\":{\"year\":{\"type\":\"keyword\"},\"vector\":{\"type\":\"knn_vector\",\"dimension\":8,\"method\":{\"name\":\"hnsw\",\"engine\":\"lucene\",\"space_type\":\"l2\"}}}}}");

        assertThatThrownBy(() -> open(address).prepare(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("expected neighbours by cosinesimil, found l2");
        assertThatThrownBy(() -> open(address, "metric", "l2", "index", "none").prepare(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("expected field year of type long, found keyword");
    }

    @Test
    void theGraphFindsAtLeast95PercentOfTheTenNearest() {
        var recall = Recall.of(random);
        var store = open(address(name()));
        store.prepare(recall.table());

        recall.write(store, allocator);

        assertThat(recall.at10(store, random)).isGreaterThanOrEqualTo(0.95);
    }

    @Test
    void aServerThatIsKilledEndsTheExportAndTheNextOneEndsWellWithEachRowOnce() throws Exception {
        var address = address(name());
        var store = open(address, "http-retry-time", "2s", "batch-rows", "50");
        var rows = TestRow.random("a", 300, random);
        store.prepare(TestRow.TABLE);
        try (var writer = store.writer(TestRow.TABLE, new WriteTask("run1", 0, 0));
                var first = TestRow.batch(TestRow.TABLE, rows.subList(0, 100), allocator);
                var second = TestRow.batch(TestRow.TABLE, rows.subList(100, 200), allocator)) {
            writer.write(first);
            server.kill();
            assertThatThrownBy(() -> writer.write(second))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("POST " + index(address) + "/_bulk: expected an answer, found")
                    .hasMessageContaining("see that the store is up and has room");
        }
        assertThatThrownBy(() -> open(address).prepare(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("expected an answer, found that it cannot be connected to");

        server.start();
        var again = open(address);
        assertThat(again.prepare(TestRow.TABLE).isNew()).isFalse();
        try (var writer = again.writer(TestRow.TABLE, new WriteTask("run1", 0, 1))) {
            assertThat(writer.confirmed(rows.stream().map(TestRow::id).toList()))
                    .hasSize(100);
        }
        write(again, "run2", rows, List.of());

        assertSame(read(again, address), rows);
    }
}
