package dev.packhorse.jobs.shuffle;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * Which rows go to which of N partitions: a row's key falls into one of M buckets, and each bucket belongs to a
 * partition. Immutable.
 */
public final class ShufflePlan {

    /** So many buckets for each partition that they can be dealt out evenly. */
    private static final int BUCKETS_PER_PARTITION = 64;

    /** The driver keeps some numbers for each bucket, and each task the partitions of all. */
    static final int MOST_BUCKETS = 1 << 17;

    private final int partitions;
    private final int[] partitionOf; // [M]

    /**
     * A plan that was made before.
     *
     * @param partitions N
     * @param partitionOf the partition of each bucket, [M], 0 to N - 1; copied
     */
    public ShufflePlan(int partitions, int[] partitionOf) {
        this.partitions = partitions;
        this.partitionOf = partitionOf.clone();
    }

    /** How many buckets a plan for so many partitions has; a power of two. */
    public static int buckets(int partitions) {
        var wanted = Math.min(MOST_BUCKETS, Math.max(1L, (long) partitions * BUCKETS_PER_PARTITION));
        return Math.max(Integer.highestOneBit((int) wanted), 1);
    }

    /** For rows of which nothing is known: each partition gets as many buckets. */
    public static ShufflePlan even(int partitions) {
        return new ShufflePlan(
                partitions,
                IntStream.range(0, buckets(partitions))
                        .map(bucket -> bucket % partitions)
                        .toArray());
    }

    /**
     * Deals the buckets out, the dearest first, each to the partition that costs least so far: longest processing time
     * first (Graham 1969), by which no partition costs more than 4/3 of what the best deal would give.
     *
     * @param partitions N
     * @param costs of each bucket, [M]
     */
    public static ShufflePlan balanced(int partitions, double[] costs) {
        var partitionOf = new int[costs.length];
        var loads = new PriorityQueue<Load>(Comparator.comparingDouble(Load::cost)
                .thenComparingInt(Load::buckets)
                .thenComparingInt(Load::partition));
        IntStream.range(0, partitions).forEach(partition -> loads.add(new Load(partition, 0, 0)));
        var dearestFirst = IntStream.range(0, costs.length)
                .boxed()
                .sorted(Comparator.comparingDouble(bucket -> -costs[bucket]))
                .toList();
        for (var bucket : dearestFirst) {
            var load = loads.remove();
            partitionOf[bucket] = load.partition();
            loads.add(new Load(load.partition(), load.cost() + costs[bucket], load.buckets() + 1));
        }
        return new ShufflePlan(partitions, partitionOf);
    }

    /** What a partition has so far. */
    private record Load(int partition, double cost, int buckets) {}

    /** N. */
    public int partitions() {
        return partitions;
    }

    /** The partition of each bucket, [M]; a copy. */
    public int[] partitionOf() {
        return partitionOf.clone();
    }

    /** The bucket of a row, for a plan with so many of them. */
    static Column bucket(Column key, int buckets) {
        return functions.pmod(key, functions.lit((long) buckets)).cast(DataTypes.IntegerType);
    }

    /**
     * The column to repartition by into N partitions.
     *
     * @param key int64, never null
     */
    public Column target(Column key) {
        var targets = PartitionTargets.of(partitions);
        var targetOf =
                Arrays.stream(partitionOf).map(partition -> targets[partition]).toArray(); // [M]
        // not an array in the query itself, which Spark would write into its logs
        return functions
                .udf((UDF1<Integer, Integer>) bucket -> targetOf[bucket], DataTypes.IntegerType)
                .apply(bucket(key, partitionOf.length));
    }
}
