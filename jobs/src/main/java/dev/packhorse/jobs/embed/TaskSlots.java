package dev.packhorse.jobs.embed;

import org.apache.spark.sql.SparkSession;

/** How many tasks a session can run, and how many a job should have. */
public final class TaskSlots {

    /** Enough tasks a core that the last ones to end do not leave the other cores idle for long. */
    private static final int TASKS_PER_CORE = 6;

    private TaskSlots() {}

    /** Tasks that can run at a time, on the executors that there are now. */
    public static int now(SparkSession spark) {
        var cpus = spark.sparkContext().getConf().getInt("spark.task.cpus", 1);
        return Math.max(1, spark.sparkContext().defaultParallelism() / cpus);
    }

    /**
     * Tasks that keep all cores busy to the end. Executors may still be on their way, so those count that the
     * configuration promises, and where Spark may ask for ever more of them, as many tasks as its shuffles have.
     */
    static int wantedTasks(SparkSession spark) {
        var conf = spark.sparkContext().getConf();
        var promised = conf.getInt("spark.executor.instances", 0)
                * conf.getInt("spark.executor.cores", 1)
                / conf.getInt("spark.task.cpus", 1);
        var wanted = Math.max(now(spark), promised) * TASKS_PER_CORE;
        return conf.getBoolean("spark.dynamicAllocation.enabled", false)
                ? Math.max(wanted, Integer.parseInt(spark.conf().get("spark.sql.shuffle.partitions")))
                : wanted;
    }
}
