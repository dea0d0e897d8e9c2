package dev.packhorse.jobs.shuffle;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * What the rows of a source cost, by bucket: one pass over them.
 *
 * @param rows of the source
 * @param costs of each bucket, [M], in the unit of {@link TextCost}; not copied, treat as immutable
 */
public record SourceCosts(long rows, double[] costs) {

    /**
     * Reads the source; runs a Spark job.
     *
     * @param key of its rows, int64, never null
     * @param cost of its rows
     */
    public static SourceCosts read(Dataset<Row> source, Column key, Column cost) {
        var buckets = ShufflePlan.MOST_BUCKETS; // how many it takes is known when the rows are counted
        var byBucket = source.select(
                        ShufflePlan.bucket(key, buckets).as("bucket"),
                        cost.cast(DataTypes.DoubleType).as("cost"))
                .groupBy("bucket")
                .agg(functions.count(functions.lit(1)), functions.sum("cost"))
                .collectAsList();
        var costs = new double[buckets];
        var rows = 0L;
        for (var bucket : byBucket) {
            costs[bucket.getInt(0)] = bucket.getDouble(2);
            rows += bucket.getLong(1);
        }
        return new SourceCosts(rows, costs);
    }

    /**
     * The same in fewer buckets: those of a power of two fall together as their keys do.
     *
     * @param buckets a power of two, at most as many as there are
     */
    public SourceCosts in(int buckets) {
        var fewer = new double[buckets];
        for (var bucket = 0; bucket < costs.length; bucket++) {
            fewer[bucket % buckets] += costs[bucket];
        }
        return new SourceCosts(rows, fewer);
    }
}
