package dev.packhorse.jobs.demo;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Exact search: compares a query with every vector and keeps the best. */
final class NearestTexts {

    private static final StructType COLUMNS = new StructType()
            .add("id", DataTypes.StringType)
            .add("text", DataTypes.StringType)
            .add("cosine", DataTypes.DoubleType);

    private NearestTexts() {}

    /**
     * A text that was found.
     *
     * @param cosine of the angle between its vector and the query's, -1 to 1
     */
    record Found(String id, String text, double cosine) {}

    /** The {@code count} rows with the highest cosine, best first. Columns read: id, text, embedding. */
    static List<Found> search(Dataset<Row> embeddings, float[] query, int count) {
        return embeddings
                .filter("error IS NULL")
                .select(functions.col("id").cast("string"), functions.col("text"), functions.col("embedding"))
                .mapPartitions(new BestOfPartition(query, count), Encoders.row(COLUMNS))
                .orderBy(functions.col("cosine").desc(), functions.col("id"))
                .limit(count)
                .collectAsList()
                .stream()
                .map(row -> new Found(row.getString(0), row.getString(1), row.getDouble(2)))
                .toList();
    }

    private record BestOfPartition(float[] query, int count) implements MapPartitionsFunction<Row, Row> {

        @Override
        public Iterator<Row> call(Iterator<Row> rows) {
            var best = new PriorityQueue<Row>(Comparator.comparingDouble(row -> row.getDouble(2)));
            while (rows.hasNext()) {
                var row = rows.next();
                best.add(RowFactory.create(row.getString(0), row.getString(1), cosine(query, row.getList(2))));
                if (best.size() > count) {
                    best.poll();
                }
            }
            return new ArrayList<>(best).iterator();
        }
    }

    private static double cosine(float[] a, List<Float> b) {
        var dot = 0.0;
        var squaresA = 0.0;
        var squaresB = 0.0;
        var i = 0;
        for (float y : b) {
            var x = a[i++];
            dot += (double) x * y;
            squaresA += (double) x * x;
            squaresB += (double) y * y;
        }
        return dot / Math.sqrt(squaresA * squaresB);
    }
}
