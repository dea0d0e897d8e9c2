package dev.packhorse.storetests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.stores.contract.CarriedColumn;
import dev.packhorse.stores.contract.Metric;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreContract;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.contract.WriteTask;
import dev.packhorse.stores.postgres.PostgresKind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
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

    private static String table(Store store) {
        var address = store.toString();
        return address.substring(address.lastIndexOf('/') + 1);
    }

    private String ask(String sql) throws SQLException {
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

    /**
     * With the defaults of --hnsw-m, --hnsw-ef-construction and --ef-search. Random vectors of 384 numbers have hardly any
     * neighbours; these lie around 100 points, as those of texts around what they are about.
     */
    @Test
    void theRecommendedIndexFindsNearlyAllNeighboursOfTenThousand() throws Exception {
        var table = new VectorTable("tiny-bert", "r1", 384, Metric.COSINE, true, List.<CarriedColumn>of());
        var vectors = Clusters.of(10_000, 384, 100, random); // [10000, 384]
        var store = open(address(name()), "index", "hnsw");
        store.prepare(table);
        try (var writer = store.writer(table, new WriteTask("run1", 0, 0))) {
            for (var from = 0; from < vectors.size(); from += 1000) {
                var rows = new ArrayList<TestRow>();
                for (var i = from; i < from + 1000; i++) {
                    rows.add(new TestRow("v" + i, vectors.get(i), "h" + i, List.of(), "{}"));
                }
                try (var batch = TestRow.batch(table, rows, allocator)) {
                    writer.write(batch);
                }
            }
            assertThat(writer.commit().written()).isEqualTo(10_000);
        }
        store.index(table);
        store.index(table); // is there

        var hits = 0;
        try (var search = store.search(table).orElseThrow()) {
            for (var i = 0; i < 50; i++) {
                var query = vectors.get(random.nextInt(vectors.size()));
                var found = new TreeSet<>(search.nearest(query, 10));
                hits += (int) nearestPlaces(vectors, query).stream()
                        .filter(place -> found.contains("v" + place))
                        .count();
            }
        }
        assertThat(hits / 500.0).isGreaterThanOrEqualTo(0.95);
        assertThat(ask("EXPLAIN SELECT id FROM %1$s ORDER BY vector <=> (SELECT vector FROM %1$s LIMIT 1) LIMIT 10"
                        .formatted(table(store))))
                .contains("Index Scan using").contains("_vector_cosine_hnsw");
    }

    private static List<Integer> nearestPlaces(List<float[]> vectors, float[] query) {
        var near = new double[vectors.size()];
        var places = new ArrayList<Integer>();
        for (var i = 0; i < near.length; i++) {
            near[i] = Metric.COSINE.nearness(query, vectors.get(i));
            places.add(i);
        }
        places.sort(Comparator.comparingDouble((Integer place) -> -near[place]));
        return places.subList(0, 10);
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
