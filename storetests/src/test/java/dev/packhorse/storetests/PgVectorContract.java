package dev.packhorse.storetests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.stores.contract.Metric;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreContract;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.postgres.PostgresKind;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What both of pgvector's types do, on PGlite. */
abstract class PgVectorContract extends StoreContract {

    private static PgLiteServer server;

    @BeforeAll
    static void start() {
        server = PgLiteServer.start();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    protected StoreKind kind() {
        return new PostgresKind();
    }

    @Override
    protected String address(String name) {
        return "postgresql://127.0.0.1:%d/postgres/%s?%s".formatted(server.port(), name, server.settings());
    }

    @Override
    protected Secrets secrets() {
        return new Secrets(Map.of("user", PgLiteServer.USER));
    }

    @Override
    protected List<TestRow> read(Store store, String address) throws Exception {
        try (var connection = server.connect()) {
            return PostgresRows.read(connection, table(store));
        }
    }

    static String table(Store store) {
        var address = store.toString();
        return address.substring(address.lastIndexOf('/') + 1);
    }

    static String ask(String sql) throws SQLException {
        try (var connection = server.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var answer = new StringBuilder();
            while (rows.next()) {
                answer.append(rows.getString(1)).append('\n');
            }
            return answer.toString();
        }
    }

    @Test
    void tablesOfLongNamesThatBeginAlikeHaveIndexesOfTheirOwn() throws Exception {
        var name = "%s_%s".formatted(name(), "x".repeat(50));
        var names = List.of(name.substring(0, 55) + "1", name.substring(0, 55) + "2");
        var before = "";
        for (var table : names) {
            var store = open(address(table), "index", "hnsw", "hnsw-m", table.endsWith("1") ? "8" : "16");
            store.prepare(TestRow.TABLE);
            write(store, "run1", TestRow.random("a", 20, random), List.of());
            store.index(TestRow.TABLE);
            store.index(TestRow.TABLE); // it is there
            assertThat(indexes(names.get(0)))
                    .hasLineCount(1)
                    .contains("WITH (m='8'")
                    .startsWith(before);
            before = indexes(names.get(0));
        }
        assertThat(indexes(names.get(1))).hasLineCount(1).contains("WITH (m='16'");
    }

    private static String indexes(String table) throws SQLException {
        return ask("SELECT indexdef FROM pg_indexes WHERE tablename = '%s' AND indexdef LIKE '%% USING hnsw %%'"
                .formatted(table));
    }

    @Test
    void anIndexIsBuiltForEachMetricAndAnewWithOtherSettings() throws Exception {
        var address = address(name());
        for (var metric : Metric.values()) {
            var table = new VectorTable("tiny-bert", "r1", 8, metric, true, TestRow.TABLE.carried());
            for (var m : List.of("8", "12", "12")) {
                var store = open(address, "index", "hnsw", "hnsw-m", m);
                store.prepare(table);
                store.index(table);
            }
        }

        var table = table(open(address)).replace("public.", "");
        assertThat(ask("SELECT indexdef FROM pg_indexes WHERE indexname LIKE '%%hnsw%%' AND tablename = '%s'"
                                .formatted(table))
                        .lines())
                .hasSize(3)
                .allMatch(line -> line.contains("WITH (m='12', ef_construction='200')"))
                .anyMatch(line -> line.contains("_cosine_ops"))
                .anyMatch(line -> line.contains("_ip_ops"))
                .anyMatch(line -> line.contains("_l2_ops"));
    }
}
