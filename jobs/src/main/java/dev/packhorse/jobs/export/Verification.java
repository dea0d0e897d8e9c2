package dev.packhorse.jobs.export;

import dev.packhorse.stores.contract.Metric;
import dev.packhorse.stores.contract.VectorSearch;
import dev.packhorse.stores.contract.VectorTable;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.functions;

/**
 * What a store's search is worth: the share of a vector's ten nearest neighbours, found by looking at all, that the store finds,
 * too. Vectors that are as near as the tenth are as good as it, for the same text has the same vector.
 *
 * @param queries vectors that were asked for
 * @param recall of the ten nearest, 0 to 1
 * @param rows that the store says it has
 */
record Verification(int queries, double recall, long rows) {

    /** How many neighbours are asked for. */
    static final int NEIGHBOURS = 10;

    /** How many more than these are kept of those that may be as near. */
    private static final int MOST_TIES = 90;

    /** By how much two ways to add up the same numbers differ. */
    private static final double SAME = 1e-5;

    /**
     * A row that is near to a query.
     *
     * @param nearness the greater, the nearer
     */
    private record Near(String id, double nearness) implements Serializable {}

    /**
     * A vector whose neighbours are asked for.
     *
     * @param vector [d]
     */
    private record Query(String id, float[] vector) implements Serializable {}

    /**
     * Asks for the neighbours of some rows, always the same ones.
     *
     * @param rows of the source, with the columns of {@link VectorTable#schema} in order
     * @param count of queries
     * @param store opened when the exact answers are there, for a connection may not wait so long; empty where there is nothing to ask
     */
    static Optional<Verification> of(
            Dataset<Row> rows, VectorTable table, int count, Supplier<Optional<VectorSearch>> store) {
        var queries = queries(rows, count);
        var exact = exact(rows, queries, table.metric());
        return store.get().map(search -> {
            try (search) {
                return compare(queries, exact, search);
            }
        });
    }

    private static Verification compare(List<Query> queries, List<List<Near>> exact, VectorSearch search) {
        var found = 0;
        var wanted = 0;
        for (var i = 0; i < queries.size(); i++) {
            var nearest = exact.get(i);
            var k = Math.min(NEIGHBOURS, nearest.size());
            var last = nearest.get(k - 1).nearness();
            var good = new HashSet<String>();
            nearest.stream().filter(near -> near.nearness() >= last - SAME).forEach(near -> good.add(near.id()));
            found += (int) search.nearest(queries.get(i).vector(), k).stream()
                    .distinct()
                    .filter(good::contains)
                    .count();
            wanted += k;
        }
        return new Verification(queries.size(), wanted == 0 ? 1 : (double) found / wanted, search.rows());
    }

    private static List<Query> queries(Dataset<Row> rows, int count) {
        var ids = rows.select(VectorTable.ID)
                .orderBy(functions.xxhash64(functions.col(VectorTable.ID)), functions.col(VectorTable.ID))
                .limit(count);
        return rows
                .join(functions.broadcast(ids), VectorTable.ID)
                .select(VectorTable.ID, VectorTable.VECTOR)
                .queryExecution()
                .toRdd()
                .toJavaRDD()
                .map(row -> new Query(
                        row.getUTF8String(0).toString(), row.getArray(1).toFloatArray()))
                .collect()
                .stream()
                .sorted(Comparator.comparing(Query::id))
                .toList();
    }

    /** The nearest rows of each query, the nearest first. */
    private static List<List<Near>> exact(Dataset<Row> rows, List<Query> queries, Metric metric) {
        var vectors = queries.stream().map(Query::vector).toArray(float[][]::new); // [queries, d]
        var partitions = rows.select(VectorTable.ID, VectorTable.VECTOR)
                .queryExecution()
                .toRdd()
                .toJavaRDD()
                .mapPartitions(new NearestOfPartition(vectors, metric))
                .collect();
        var exact = new ArrayList<List<Near>>();
        for (var i = 0; i < queries.size(); i++) {
            var query = i;
            exact.add(partitions.stream()
                    .flatMap(partition -> partition.get(query).stream())
                    .sorted(Comparator.comparingDouble(Near::nearness).reversed())
                    .limit(NEIGHBOURS + MOST_TIES)
                    .toList());
        }
        return exact;
    }

    /**
     * Of each query the nearest rows of a partition.
     *
     * @param queries [queries, d]
     */
    private record NearestOfPartition(float[][] queries, Metric metric)
            implements FlatMapFunction<Iterator<InternalRow>, List<List<Near>>> {

        @Override
        public Iterator<List<List<Near>>> call(Iterator<InternalRow> rows) {
            var nearest = new ArrayList<PriorityQueue<Near>>();
            for (var i = 0; i < queries.length; i++) {
                nearest.add(new PriorityQueue<>(Comparator.comparingDouble(Near::nearness)));
            }
            while (rows.hasNext()) {
                var row = rows.next();
                var vector = row.getArray(1).toFloatArray(); // [d]
                for (var i = 0; i < queries.length; i++) {
                    add(nearest.get(i), row, metric.nearness(queries[i], vector));
                }
            }
            return Stream.<List<List<Near>>>of(new ArrayList<>(nearest.stream()
                            .map(queue -> (List<Near>) new ArrayList<>(queue))
                            .toList()))
                    .iterator();
        }

        private static void add(PriorityQueue<Near> nearest, InternalRow row, double nearness) {
            if (nearest.size() < NEIGHBOURS + MOST_TIES) {
                nearest.add(new Near(row.getUTF8String(0).toString(), nearness));
            } else if (nearness > nearest.peek().nearness()) {
                nearest.poll();
                nearest.add(new Near(row.getUTF8String(0).toString(), nearness));
            }
        }
    }
}
