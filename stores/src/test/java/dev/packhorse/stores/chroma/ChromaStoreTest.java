package dev.packhorse.stores.chroma;

import static dev.packhorse.stores.http.FakeServer.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.stores.contract.CarriedColumn;
import dev.packhorse.stores.contract.Contents;
import dev.packhorse.stores.contract.ExportMark;
import dev.packhorse.stores.contract.Metric;
import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreOptions;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.contract.WriteTask;
import dev.packhorse.stores.http.FakePauses;
import dev.packhorse.stores.http.FakeServer;
import dev.packhorse.udf.options.OptionValues;
import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.util.LinkedHashMap;
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
class ChromaStoreTest {

    private static final String COLLECTIONS = "/api/v2/tenants/ten%20ant/databases/base/collections";

    private static final FakeServer.Reply COLLECTION = says(
            200,
            "{\"id\":\"i-d\",\"name\":\"col\",\"dimension\":8,\"metadata\":{\"owner\":\"us\",\"n\":1},\"configuration_json\":{\"hnsw\":{\"space\":\"ip\"}}}");

    private static final FakeServer.Reply FLOATS =
            says(200, "{\"max_batch_size\":2,\"supports_base64_encoding\":false}");

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

    private Store store(String... more) {
        var kind = new ChromaKind(new FakePauses());
        var known = Stream.concat(StoreOptions.ALL.stream(), kind.options().stream())
                .toList();
        var given = new LinkedHashMap<String, List<String>>();
        given.put("chroma-tenant", List.of("ten ant"));
        given.put("chroma-database", List.of("base"));
        for (var i = 0; i < more.length; i += 2) {
            given.put(more[i], List.of(more[i + 1]));
        }
        return kind.open(new StoreRequest(
                "chroma:" + server.url() + "/col",
                OptionValues.read(known, Map.of(), given),
                new Secrets(Map.of("token", "hush")),
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
                new float[] {1, 0.1f, 0, 0, 0, 0, 0, 0.5f},
                "hash",
                List.of(Optional.of("t"), Optional.of(7L), Optional.of(3.0), Optional.empty()),
                "{}");
    }

    private static final String METADATA =
            "{\"content_hash\":\"hash\",\"model_id\":\"tiny-bert\",\"model_version\":\"fingerprint-1\",\"embedded_at\":1767225600000001,\"title\":\"t\",\"year\":7,\"price\":3.0,\"fresh\":null,\"metadata\":\"{}\"}";

    @Test
    void recordsAreSentByColumnsAsManyAsTheServerTakes() {
        server.then(COLLECTION, FLOATS, says(200, "{}"));

        assertThat(write(store(), List.of(row("a"), row("b"), row("c")))).isEqualTo(Receipt.of(3, 0, List.of()));

        assertThat(server.asked().get(0).path()).isEqualTo(COLLECTIONS + "/col");
        assertThat(server.asked().get(0).headers()).containsEntry("X-chroma-token", "hush");
        assertThat(server.asked().get(1).path()).isEqualTo("/api/v2/pre-flight-checks");
        assertThat(server.asked().get(2).path()).isEqualTo(COLLECTIONS + "/i-d/upsert");
        var vector = "[1.0,0.1,0.0,0.0,0.0,0.0,0.0,0.5]";
        assertThat(server.asked().get(2).body())
                .isEqualTo("{\"ids\":[\"a\",\"b\"],\"embeddings\":[%1$s,%1$s],\"metadatas\":[%2$s,%2$s]}"
                        .formatted(vector, METADATA));
        assertThat(server.asked().get(3).body())
                .isEqualTo("{\"ids\":[\"c\"],\"embeddings\":[%s],\"metadatas\":[%s]}".formatted(vector, METADATA));
    }

    @Test
    void vectorsGoAsTheirBytesWhereTheServerTakesThese() {
        server.then(COLLECTION, says(200, "{\"max_batch_size\":9,\"supports_base64_encoding\":true}"), says(200, "{}"));

        write(store("chroma-token-header", "authorization"), List.of(row("a")));

        assertThat(server.asked().get(2).headers()).containsEntry("Authorization", "Bearer hush");
        assertThat(server.asked().get(2).body())
                .contains("\"embeddings\":[\"AACAP83MzD0AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAD8=\"]");
    }

    @Test
    void nonsenseEndsIt() {
        server.then(COLLECTION, says(200, "{\"max_batch_size\":\"many\"}"));
        assertThatThrownBy(() -> write(store(), List.of(row("a"))))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("expected how many rows a request may have, found status 200");
        server.then(COLLECTION, FLOATS, says(200, "done"));
        assertThatThrownBy(() -> write(store(), List.of(row("a"))))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("expected JSON, found status 200 with 4 bytes: done");
        server.then(COLLECTION, FLOATS, says(200, "[]"));
        assertThatThrownBy(() -> write(store(), List.of(row("a"))))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("expected that 1 rows were taken");
        server.then(says(200, "{\"id\":\"x\",\"name\":\"another\"}"));
        assertThatThrownBy(() -> store().prepare(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("expected a collection of that name");
        server.then(COLLECTION, says(200, "{\"ids\":[\"a\"],\"metadatas\":[]}"));
        try (var stored = store().stored(TestRow.TABLE, 0, 1)) {
            assertThatThrownBy(stored::hasNext)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("expected as many ids as metadata");
        }
    }

    @Test
    void theRowThatIsNoGoodIsFound() {
        server.then(
                COLLECTION,
                FLOATS,
                says(400, "{\"error\":\"InvalidArgumentError\",\"message\":\"hush is too long\"}"),
                says(400, "{\"error\":\"InvalidArgumentError\",\"message\":\"hush is too long\"}"),
                says(200, "{}"));

        assertThat(write(store(), List.of(row("a"), row("b"))))
                .isEqualTo(new Receipt(
                        1, 0, List.of(new Receipt.Refused("a", "status 400: *** is too long")), 1, List.of()));
    }

    @Test
    void aCollectionIsMadeWithItsGraph() {
        server.then(says(404, "{}"), COLLECTION, says(200, "0"));

        assertThat(store("hnsw-m", "32").prepare(TestRow.TABLE)).isEqualTo(new Contents(true, Optional.empty()));

        assertThat(server.asked().get(1).body())
                .isEqualTo(
                        "{\"name\":\"col\",\"get_or_create\":true,\"metadata\":{\"packhorse_dimension\":8,\"packhorse_metric\":\"cosine\"},\"configuration\":{\"hnsw\":{\"space\":\"ip\",\"max_neighbors\":32,\"ef_construction\":200,\"ef_search\":100}}}");
    }

    @Test
    void aCollectionWithoutRowsIsNewWhoeverHasMadeIt() {
        server.then(COLLECTION, says(200, "0"), COLLECTION, says(200, "1"));

        assertThat(store().prepare(TestRow.TABLE)).isEqualTo(new Contents(true, Optional.empty()));
        assertThat(store().prepare(TestRow.TABLE)).isEqualTo(new Contents(false, Optional.empty()));
    }

    @Test
    void aCollectionThatDoesNotFitIsRefused() {
        server.then(COLLECTION);
        assertThatThrownBy(() -> store().prepare(TestRow.table(4)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("expected vectors of 4 numbers, found 8; export to another collection");
        var l2 = new VectorTable("m", "", 8, Metric.L2, true, List.of());
        assertThatThrownBy(() -> store().prepare(l2))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("expected neighbours by l2, found ip; give the --metric that the collection has");
        var reserved = new VectorTable(
                "m", "", 8, Metric.DOT, true, List.of(new CarriedColumn("chroma:x", CarriedColumn.Type.UTF8)));
        assertThatThrownBy(() -> store().prepare(reserved))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("expected columns that do not begin with chroma:, found chroma:x");
    }

    private static FakeServer.Reply ours(String space, String more) {
        return says(
                200,
                "{\"id\":\"i-d\",\"name\":\"col\",\"metadata\":{\"packhorse_dimension\":8%s},\"configuration_json\":{\"hnsw\":{\"space\":\"%s\"}}}"
                        .formatted(more, space));
    }

    @Test
    void ourOwnCollectionFitsItsMetricWhateverASampleSaysOfLengths() {
        var by = ",\"packhorse_metric\":\"%s\"";
        for (var normalized : List.of(true, false)) {
            var cosine = new VectorTable("m", "", 8, Metric.COSINE, normalized, List.of());
            for (var collection : List.of(ours("ip", by.formatted("cosine")), ours("cosine", by.formatted("cosine")))) {
                server.then(collection, says(200, "1"));
                assertThat(store().prepare(cosine).isNew()).isFalse();
            }
            server.then(ours("ip", by.formatted("dot")));
            assertThatThrownBy(() -> store().prepare(cosine))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("expected neighbours by cosine, found dot; give the --metric that");
            var dot = new VectorTable("m", "", 8, Metric.DOT, normalized, List.of());
            server.then(ours("ip", by.formatted("cosine")));
            assertThatThrownBy(() -> store().prepare(dot))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("expected neighbours by dot, found cosine; give the --metric that");
        }
        var lengths = new VectorTable("m", "", 8, Metric.COSINE, false, List.of());
        for (var unknown : List.of(COLLECTION, ours("ip", ""))) { // made by others, or by we do not know what metric
            server.then(unknown);
            assertThatThrownBy(() -> store().prepare(lengths))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("expected neighbours by cosine, found ip; give the --metric that");
        }
    }

    @Test
    void theMetricOfOurOwnCollectionIsKeptWithItsMark() {
        server.then(ours("ip", ""), says(200, "{}"));

        store().mark(TestRow.TABLE, new ExportMark("lake", "7", "t", 3));

        assertThat(server.asked().get(1).body())
                .startsWith("{\"new_metadata\":{\"packhorse_dimension\":8,\"packhorse_metric\":\"cosine\",");
    }

    @Test
    void aMarkIsKeptBesideWhatOthersKeep() {
        server.then(COLLECTION, says(200, "{}"));

        store().mark(TestRow.TABLE, new ExportMark("lake", "7", "t", 3));

        assertThat(server.asked().get(1).method()).isEqualTo("PUT");
        assertThat(server.asked().get(1).path()).isEqualTo(COLLECTIONS + "/i-d");
        assertThat(server.asked().get(1).body())
                .isEqualTo(
                        "{\"new_metadata\":{\"owner\":\"us\",\"n\":1,\"packhorse_rows\":\"3\",\"packhorse_source\":\"lake\",\"packhorse_table\":\"t\",\"packhorse_version\":\"7\"}}");
    }

    @Test
    void rowsThatWereLostAreMissed() {
        server.then(COLLECTION, says(200, "9"));

        assertThatThrownBy(() -> store().publish(TestRow.TABLE, "run", List.of(Receipt.of(12, 2, List.of()))))
                .isInstanceOf(StoreException.class)
                .hasMessageEndingWith(
                        "expected at least 10 rows after so many were written, found 9; ids came twice, or somebody deletes rows");
    }

    @Test
    void aCollectionThatIsRemovedMeanwhileIsMissed() {
        server.then(says(404, "{}"));

        assertThatThrownBy(() -> write(store(), List.of(row("a"))))
                .isInstanceOf(StoreException.class)
                .hasMessageEndingWith("expected a collection, found none; has somebody removed it?");
    }

    @Test
    void aStoreGoesToTasks() throws Exception {
        try (var out = new ObjectOutputStream(new ByteArrayOutputStream())) {
            out.writeObject(store());
        }
    }
}
