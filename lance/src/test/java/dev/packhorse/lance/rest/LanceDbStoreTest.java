package dev.packhorse.lance.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.stores.contract.IndexKind;
import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreContract;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.WriteTask;
import dev.packhorse.stores.rows.VectorRows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lance.namespace.RestAdapter;

/** Tables of a server on this machine, which Lance brings along. */
class LanceDbStoreTest extends StoreContract {

    @TempDir
    private static Path folder;

    private static RestAdapter server;

    @BeforeAll
    static void start() {
        server = new RestAdapter("dir", Map.of("root", folder.toString()), "127.0.0.1", 0);
        server.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected StoreKind kind() {
        return new LanceDbKind();
    }

    @Override
    protected String address(String name) {
        return "lancedb:http://127.0.0.1:%d/team/%s".formatted(server.getPort(), name);
    }

    /** Servers make 16 codes of a vector for the third. */
    @Override
    protected List<IndexKind> indexes() {
        return List.of(IndexKind.HNSW, IndexKind.NONE);
    }

    @Override
    protected List<TestRow> read(Store store, String address) {
        var names = List.of(address.substring(address.indexOf("/team/") + 1).split("/"));
        var table = new RestTable(new RestPlace("http://127.0.0.1:" + server.getPort(), names, Secrets.NONE));
        var query = RestAnswer.JSON.createObjectNode().put("k", 10_000);
        query.putObject("vector");
        var found = new ArrayList<TestRow>();
        table.query(query, allocator, batch -> {
            var rows = new VectorRows(TestRow.TABLE, batch);
            for (var i = 0; i < rows.count(); i++) {
                var row = i;
                found.add(new TestRow(
                        rows.id(i),
                        rows.vector(i),
                        rows.contentHash(i),
                        IntStream.range(0, 4)
                                .mapToObj(column -> rows.carried(row, column))
                                .toList(),
                        rows.metadata(i)));
            }
        });
        return found;
    }

    @Test
    void attemptsOfATaskAtATimeLeaveEachRowOnce() throws Exception {
        var address = address(name());
        var store = open(address);
        var rows = TestRow.random("a", 300, random);
        store.prepare(TestRow.TABLE);
        var threads = Executors.newFixedThreadPool(4);
        try {
            var attempts = new ArrayList<Future<Receipt>>();
            for (var attempt = 0; attempt < 4; attempt++) {
                var task = new WriteTask("run1", 0, attempt);
                attempts.add(threads.submit(() -> {
                    try (var writer = store.writer(TestRow.TABLE, task)) {
                        for (var from = 0; from < 300; from += 100) {
                            try (var batch = TestRow.batch(TestRow.TABLE, rows.subList(from, from + 100), allocator)) {
                                writer.write(batch);
                            }
                        }
                        return writer.commit();
                    }
                }));
            }
            for (var attempt : attempts) {
                assertThat(attempt.get(1, TimeUnit.MINUTES).written()).isEqualTo(300);
            }
        } finally {
            threads.shutdownNow();
        }

        assertSame(read(store, address), rows);
    }

    @Test
    void aRowThatIsLargerThanTheServerTakesIsRefusedAloneAndTheOthersAreThere() throws Exception {
        var address = address(name());
        var store = open(address);
        var rows = new ArrayList<>(TestRow.random("a", 100, random));
        rows.set(20, withMetadata(rows.get(20), 1_500_000));
        rows.set(70, withMetadata(rows.get(70), 3_000_000));
        store.prepare(TestRow.TABLE);

        var receipt = write(store, "run1", rows, List.of()).get(0);

        assertThat(receipt.written()).isEqualTo(99);
        assertThat(receipt.refusedRows()).isEqualTo(1);
        assertThat(receipt.refused()).singleElement().satisfies(refused -> {
            assertThat(refused.id()).isEqualTo("a70");
            assertThat(refused.reason()).startsWith("status 413: ").contains("length limit exceeded");
        });
        rows.remove(70);
        assertSame(read(store, address), rows);
    }

    private static TestRow withMetadata(TestRow row, int length) {
        return new TestRow(
                row.id(), row.vector(), row.contentHash(), row.carried(), "{\"a\":\"" + "x".repeat(length) + "\"}");
    }

    @Test
    void manyIdsAreDeletedWhateverTheyHaveInThem() throws Exception {
        var address = address(name());
        var store = open(address);
        var rows =
                new ArrayList<>(TestRow.random("it's a long' id that takes its place in an address ''", 700, random));
        store.prepare(TestRow.TABLE);
        write(store, "run1", rows, List.of());
        var deleted = rows.subList(0, 600);

        var receipt = write(
                        store,
                        "run2",
                        List.of(),
                        deleted.stream().map(TestRow::id).toList())
                .get(0);

        assertThat(receipt.deleted()).isEqualTo(600);
        assertSame(read(store, address), rows.subList(600, 700));
    }

    @Test
    void aRowWithTheSameContentIsReplacedWhereAnythingElseIsNew() throws Exception {
        var address = address(name());
        var store = open(address);
        var rows = new ArrayList<>(TestRow.random("a", 4, random));
        store.prepare(TestRow.TABLE);
        write(store, "run1", rows, List.of());
        rows.set(1, TestRow.random("a1", rows.get(1).contentHash(), random)); // its year and price are others
        rows.set(2, rows.get(2).withNulls());
        write(store, "run2", rows, List.of());
        assertSame(read(store, address), rows);
        rows.set(2, TestRow.random("a2", rows.get(2).contentHash(), random));
        rows.set(3, withMetadata(rows.get(3), 5));
        write(store, "run3", rows, List.of());

        assertSame(read(store, address), rows);
    }

    @Test
    void anIndexOfCodesIsBuiltWhereTheyDivideTheVector() {
        assertThatThrownBy(() -> open(address(name()), "index", "ivf-pq").prepare(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(
                        "expected vectors whose numbers can be divided by 16 for --index ivf-pq, for servers make so many codes of a vector, found vectors of 8 numbers; use --index hnsw");

        var table = TestRow.table(32);
        var store = open(address(name()), "index", "ivf-pq");
        var rows = new ArrayList<TestRow>();
        for (var i = 0; i < 300; i++) {
            rows.add(TestRow.random("a" + i, "h" + i, random, 32));
        }
        store.prepare(table);
        try (var writer = store.writer(table, new WriteTask("run1", 0, 0));
                var batch = TestRow.batch(table, rows, allocator)) {
            writer.write(batch);
        }
        store.index(table);
        store.index(table); // it is there
        try (var search = store.search(table).orElseThrow()) {
            assertThat(search.nearest(rows.get(7).vector(), 3)).startsWith("a7");
        }
    }

    @Test
    void anIndexIsBuiltAnewWhenManyRowsAreNotInIt() {
        var address = address(name());
        var store = open(address, "index", "hnsw");
        store.prepare(TestRow.TABLE);
        write(store, "run1", TestRow.random("a", 300, random), List.of());
        store.index(TestRow.TABLE);
        var more = TestRow.random("b", 100, random);
        write(store, "run2", more, List.of());
        for (var i = 0; i < 2; i++) {
            try (var search = store.search(TestRow.TABLE).orElseThrow()) {
                for (var row : more.subList(0, 10)) {
                    assertThat(search.nearest(row.vector(), 3)).startsWith(row.id());
                }
            }
            store.index(TestRow.TABLE);
        }
    }
}
