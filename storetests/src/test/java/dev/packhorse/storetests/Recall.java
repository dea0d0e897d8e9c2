package dev.packhorse.storetests;

import dev.packhorse.stores.contract.CarriedColumn;
import dev.packhorse.stores.contract.Metric;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.contract.WriteTask;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Rows as many and as long as a store's graph is judged by: 10,000 of 384 numbers, around 200 centres as embeddings are, for
 * neighbours among vectors that are random alone are no nearer than others.
 */
record Recall(VectorTable table, List<TestRow> rows) {

    private static final int ROWS = 10_000;
    private static final int DIMENSION = 384;
    private static final int CENTRES = 200;
    private static final int BATCH = 1000;
    private static final int QUERIES = 100;

    static Recall of(RandomGenerator random) {
        var table = new VectorTable(
                "tiny-bert",
                "r1",
                DIMENSION,
                Metric.COSINE,
                true,
                List.of(new CarriedColumn("title", CarriedColumn.Type.UTF8)));
        var centres = new float[CENTRES][];
        for (var i = 0; i < CENTRES; i++) {
            centres[i] = around(new float[DIMENSION], random);
        }
        var rows = new ArrayList<TestRow>();
        for (var i = 0; i < ROWS; i++) {
            rows.add(new TestRow(
                    "r" + i,
                    around(centres[random.nextInt(CENTRES)], random),
                    "hash" + i,
                    List.of(Optional.of("title " + i)),
                    "{}"));
        }
        return new Recall(table, rows);
    }

    /** A vector of length 1 near another of that length, or anywhere near zero. */
    private static float[] around(float[] centre, RandomGenerator random) {
        var vector = new float[DIMENSION];
        var square = 0.0;
        for (var i = 0; i < DIMENSION; i++) {
            vector[i] = centre[i] + (float) (random.nextGaussian() / Math.sqrt(DIMENSION));
            square += vector[i] * vector[i];
        }
        for (var i = 0; i < DIMENSION; i++) {
            vector[i] /= (float) Math.sqrt(square);
        }
        return vector;
    }

    /** Writes all rows in one task. */
    void write(Store store, BufferAllocator allocator) {
        try (var writer = store.writer(table, new WriteTask("recall", 0, 0))) {
            for (var from = 0; from < ROWS; from += BATCH) {
                try (var batch = TestRow.batch(table, rows.subList(from, from + BATCH), allocator)) {
                    writer.write(batch);
                }
            }
            store.publish(table, "recall", List.of(writer.commit()));
        }
        store.index(table);
    }

    /** The share of the ten nearest that the store finds. */
    double at10(Store store, RandomGenerator random) {
        try (var search = store.search(table).orElseThrow()) {
            var hits = 0;
            for (var i = 0; i < QUERIES; i++) {
                var query = around(rows.get(random.nextInt(ROWS)).vector(), random);
                var expected = new TreeSet<>(nearest(query));
                hits += (int) search.nearest(query, 10).stream()
                        .filter(expected::contains)
                        .count();
            }
            return hits / (10.0 * QUERIES);
        }
    }

    private List<String> nearest(float[] query) {
        record Scored(String id, double nearness) {}
        return rows.stream()
                .map(row -> new Scored(row.id(), table.metric().nearness(query, row.vector())))
                .sorted(Comparator.comparingDouble(Scored::nearness).reversed())
                .limit(10)
                .map(Scored::id)
                .toList();
    }
}
