package dev.packhorse.jobs.shuffle;

import org.apache.spark.unsafe.hash.Murmur3_x86_32;

/**
 * Values for a column by which {@code repartition(N, column)} puts a row into just the partition that is wanted.
 *
 * <p>Spark's {@code HashPartitioning} takes the Murmur3 hash of the column, seed 42, modulo N. A column with the
 * partition's number would so put some partitions together and leave others empty.
 */
final class PartitionTargets {

    private static final int SEED = 42;

    private PartitionTargets() {}

    /** The least value, 0 or more, for each of N partitions; [N]. */
    static int[] of(int partitions) {
        var targets = new int[partitions];
        var found = new boolean[partitions];
        var missing = partitions;
        for (var value = 0; missing > 0; value++) {
            var partition = Math.floorMod(Murmur3_x86_32.hashInt(value, SEED), partitions);
            if (!found[partition]) {
                found[partition] = true;
                targets[partition] = value;
                missing--;
            }
        }
        return targets;
    }
}
