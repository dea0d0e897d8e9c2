package dev.packhorse.udf;

import org.apache.spark.sql.SparkSession;

/** The one Spark of a module's tests; jobs uses it too. */
public final class LocalSpark {

    private static final SparkSession SESSION = SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "localhost")
            .config("spark.sql.shuffle.partitions", "4")
            .config("spark.hadoop." + SharedFileSystem.KEY, SharedFileSystem.class.getName())
            .config("spark.hadoop." + FullFileSystem.KEY, FullFileSystem.class.getName())
            .getOrCreate();

    private LocalSpark() {}

    public static SparkSession session() {
        return SESSION;
    }
}
