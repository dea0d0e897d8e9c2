package dev.packhorse.storetests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.stores.contract.Metric;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.contract.WriteTask;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Numbers of 4 bytes. */
class PgVectorStoreIT extends PgVectorContract {

    private static final int ROWS = 10_000;
    private static final int BATCH = 1000;
    private static final int QUERIES = 50;
    private static final int DIMENSION = 384;
    private static final int NEIGHBOURS = 10;
    private static final VectorTable TABLE =
            new VectorTable("tiny-bert", "r1", DIMENSION, Metric.COSINE, true, List.of());

    /**
     * With the defaults of --hnsw-m, --hnsw-ef-construction and --ef-search. Vectors lie around 100 points, as those of texts
     * around what they are about; what is asked for lies there too, and is no row.
     */
    @Test
    void theRecommendedIndexFindsNearlyAllNeighboursOfTenThousand() throws Exception {
        var all = Clusters.of(ROWS + QUERIES, DIMENSION, 100, random); // [ROWS + QUERIES, d]
        var vectors = all.subList(0, ROWS);
        var store = open(address(name()), "index", "hnsw");
        store.prepare(TABLE);
        write(store, vectors);
        store.index(TABLE);
        store.index(TABLE); // is there

        var hits = 0;
        try (var search = store.search(TABLE).orElseThrow()) {
            for (var query : all.subList(ROWS, ROWS + QUERIES)) {
                var found = new TreeSet<>(search.nearest(query, NEIGHBOURS));
                hits += (int) nearestPlaces(vectors, query).stream()
                        .filter(place -> found.contains("v" + place))
                        .count();
            }
        }
        assertThat(hits / (double) (QUERIES * NEIGHBOURS)).isGreaterThanOrEqualTo(0.95);
        assertThat(ask("EXPLAIN SELECT id FROM %1$s ORDER BY vector <=> (SELECT vector FROM %1$s LIMIT 1) LIMIT 10"
                        .formatted(table(store))))
                .contains("Index Scan using")
                .contains("_vector_cosine_hnsw");
    }

    private void write(Store store, List<float[]> vectors) {
        try (var writer = store.writer(TABLE, new WriteTask("run1", 0, 0))) {
            for (var from = 0; from < vectors.size(); from += BATCH) {
                var rows = new ArrayList<TestRow>();
                for (var i = from; i < from + BATCH; i++) {
                    rows.add(new TestRow("v" + i, vectors.get(i), "h" + i, List.of(), "{}"));
                }
                try (var batch = TestRow.batch(TABLE, rows, allocator)) {
                    writer.write(batch);
                }
            }
            assertThat(writer.commit().written()).isEqualTo(vectors.size());
        }
    }

    private static List<Integer> nearestPlaces(List<float[]> vectors, float[] query) {
        var near = new double[vectors.size()]; // [rows]
        var places = new ArrayList<Integer>();
        for (var i = 0; i < near.length; i++) {
            near[i] = Metric.COSINE.nearness(query, vectors.get(i));
            places.add(i);
        }
        places.sort(Comparator.comparingDouble(place -> -near[place]));
        return places.subList(0, NEIGHBOURS);
    }
}
