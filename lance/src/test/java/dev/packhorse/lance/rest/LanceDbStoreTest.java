package dev.packhorse.lance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.stores.contract.IndexKind;
import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreContract;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.WriteTask;
import dev.packhorse.stores.rows.VectorRows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
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
        var table = new RestTable(new RestPlace(
                "http://127.0.0.1:" + server.getPort(), names, dev.packhorse.stores.contract.Secrets.NONE));
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
            var attempts = new ArrayList<java.util.concurrent.Future<Receipt>>();
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
                assertThat(attempt.get().written()).isEqualTo(300);
            }
        } finally {
            threads.shutdownNow();
        }

        assertSame(read(store, address), rows);
    }
}
