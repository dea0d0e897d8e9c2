package dev.packhorse.jobs.embed;

import org.apache.spark.sql.SparkSession;

/** A job whose options are checked; it needs Spark now. */
@FunctionalInterface
public interface SparkWork {

    /** Does it. The session stays the caller's. */
    void run(SparkSession spark);
}
