package dev.packhorse.jobs.output;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * How large files become that a pass without a shuffle makes of other ones: as large as what its tasks read, times what
 * rows shrink by.
 *
 * @param target bytes of a file; 0 for a file of each that is read
 * @param shrink bytes of a row as it is read over those as it is written, about
 */
public record FileSizes(long target, double shrink) {

    /** Spark cuts files at any byte, but what is in a row group of Parquet stays together all the same. */
    private static final long LEAST_READ = 1 << 20;

    private static final String MOST = "spark.sql.files.maxPartitionBytes";
    private static final String OPEN_COST = "spark.sql.files.openCostInBytes";
    private static final String LEAST_PARTITIONS = "spark.sql.files.minPartitionNum";

    /** Settings of a session that are put back when this is closed. */
    public interface Applied extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Has Spark put so many files, or parts of one, into a task, in all of the session until that is closed: for one write
     * at a time.
     */
    public Applied applyTo(SparkSession spark) {
        var read = target == 0 ? Long.MAX_VALUE / 4 : Math.max(LEAST_READ, (long) (target * shrink));
        var before = new HashMap<String, Optional<String>>();
        var wanted = Map.of(
                MOST,
                read + "b",
                // where opening a file costs as much as a task may read, it is the only one
                OPEN_COST,
                (target == 0 ? read : 0) + "b",
                // else Spark makes smaller tasks, to keep all cores busy
                LEAST_PARTITIONS,
                "1");
        wanted.forEach((key, value) -> {
            before.put(key, Optional.ofNullable(spark.conf().getOption(key).getOrElse(() -> null)));
            spark.conf().set(key, value);
        });
        return () -> before.forEach((key, value) -> value.ifPresentOrElse(
                old -> spark.conf().set(key, old), () -> spark.conf().unset(key)));
    }
}
