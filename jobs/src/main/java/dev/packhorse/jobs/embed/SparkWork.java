package dev.packhorse.jobs.embed;

import org.apache.spark.sql.SparkSession;

/** A job whose options are checked; it needs Spark now. One thread does it, once. */
@FunctionalInterface
public interface SparkWork {

    /** Does it; throws what the job throws. The session stays the caller's to stop. */
    void run(SparkSession spark);
}
