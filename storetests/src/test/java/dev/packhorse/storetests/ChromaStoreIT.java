package dev.packhorse.storetests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.packhorse.stores.chroma.ChromaKind;
import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreContract;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.WriteTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract, and what is Chroma's own, against a real server. */
class ChromaStoreIT extends StoreContract {

    private static final String COLLECTIONS = "/api/v2/tenants/default_tenant/databases/default_database/collections";

    @TempDir
    static Path folder;

    private static ChromaProcess server;

    @BeforeAll
    static void start() throws Exception {
        server = new ChromaProcess(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    @Override
    protected StoreKind kind() {
        return new ChromaKind();
    }

    @Override
    protected String address(String name) {
        return "chroma:" + server.url() + "/" + name;
    }

    private static JsonNode collection(String address) throws Exception {
        return new Asked(server.url()).get(COLLECTIONS + address.substring(address.lastIndexOf('/')));
    }

    @Override
    protected List<TestRow> read(Store store, String address) throws Exception {
        var id = collection(address).path("id").asText();
        var found = new Asked(server.url())
                .post(COLLECTIONS + "/" + id + "/get", "{\"include\":[\"embeddings\",\"metadatas\"]}");
        var rows = new ArrayList<TestRow>();
        for (var i = 0; i < found.path("ids").size(); i++) {
            rows.add(row(
                    found.path("ids").get(i).asText(),
                    found.path("embeddings").get(i),
                    found.path("metadatas").get(i)));
        }
        return rows;
    }

    private static TestRow row(String id, JsonNode numbers, JsonNode metadata) {
        assertThat(metadata.path("model_id").asText()).isEqualTo("tiny-bert");
        assertThat(metadata.path("model_version").asText()).isEqualTo("fingerprint-1");
        assertThat(metadata.path("embedded_at").asLong()).isEqualTo(TestRow.EMBEDDED_AT);
        var vector = new float[numbers.size()];
        for (var i = 0; i < vector.length; i++) {
            vector[i] = numbers.get(i).floatValue();
        }
        return new TestRow(
                id,
                vector,
                metadata.path("content_hash").asText(),
                List.of(
                        Optional.ofNullable(metadata.get("title")).map(JsonNode::asText),
                        Optional.ofNullable(metadata.get("year")).map(JsonNode::asLong),
                        Optional.ofNullable(metadata.get("price")).map(JsonNode::asDouble),
                        Optional.ofNullable(metadata.get("fresh")).map(JsonNode::asBoolean)),
                metadata.path("metadata").asText());
    }

    /** Its server reads numbers of JSON with an error in the last bit or two: serde_json without its feature float_roundtrip. */
    @Override
    protected void assertSameCarried(List<Optional<Object>> found, List<Optional<Object>> expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (var i = 0; i < expected.size(); i++) {
            if (expected.get(i).orElse("") instanceof Double price) {
                assertThat((Double) found.get(i).orElseThrow()).isCloseTo(price, within(2 * Math.ulp(price)));
            } else {
                assertThat(found.get(i)).isEqualTo(expected.get(i));
            }
        }
    }

    @Test
    void nullsTakeThePlaceOfWhatWasThere() throws Exception {
        var address = address(name());
        var store = open(address);
        var row = TestRow.random("a", "h", random);
        store.prepare(TestRow.TABLE);
        write(store, "run1", List.of(row), List.of());

        write(store, "run2", List.of(row.withNulls()), List.of());

        assertSame(read(store, address), List.of(row.withNulls()));
    }

    @Test
    void rowsThatChromaWouldNotTakeAreToldOfAndTheOthersAreThere() throws Exception {
        var address = address(name());
        var store = open(address);
        var rows = TestRow.random("a", 5, random);
        var infinite = new TestRow(
                "infinite",
                new float[] {1, 2, Float.POSITIVE_INFINITY, 4, 5, 6, 7, 8},
                "h",
                rows.get(0).carried(),
                "{}");
        var all = new ArrayList<>(rows);
        all.add(2, infinite);
        all.add(TestRow.random("", "h", random));
        store.prepare(TestRow.TABLE);

        var receipt = write(store, "run1", all, List.of()).get(0);

        assertThat(receipt.written()).isEqualTo(5);
        assertThat(receipt.refused())
                .containsExactly(
                        new Receipt.Refused("infinite", "a vector with a number that is not finite"),
                        new Receipt.Refused("", "an empty id"));
        assertSame(read(store, address), rows);
    }

    @Test
    void aCollectionIsHeldToItsDimensionBeforeItHasRows() {
        var address = address(name());
        open(address).prepare(TestRow.TABLE);

        assertThatThrownBy(() -> open(address).prepare(TestRow.table(4)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("expected vectors of 4 numbers, found 8");
    }

    @Test
    void aTenantOrDatabaseThatIsNotThereIsNamed() {
        assertThatThrownBy(() ->
                        open(address(name()), "chroma-database", "nowhere").prepare(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("nowhere");
    }

    @Test
    void moreRowsThanARequestMayHaveAreSentInSeveral() throws Exception {
        var address = address(name());
        var store = open(address, "batch-rows", "100000");
        var rows = TestRow.random("a", 12_000, random);
        store.prepare(TestRow.TABLE);
        try (var writer = store.writer(TestRow.TABLE, new WriteTask("run1", 0, 0));
                var batch = TestRow.batch(TestRow.TABLE, rows, allocator)) {
            writer.write(batch);
            assertThat(writer.confirmed(rows.stream().map(TestRow::id).toList()))
                    .hasSize(12_000);
            writer.delete(rows.subList(0, 7000).stream().map(TestRow::id).toList());
            assertThat(writer.commit()).isEqualTo(Receipt.of(12_000, 7000, List.of()));
        }

        assertSame(read(store, address), rows.subList(7000, 12_000));
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
                    .hasMessageContaining("/upsert: expected an answer, found")
                    .hasMessageContaining("see that the store is up and has room");
        }

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
