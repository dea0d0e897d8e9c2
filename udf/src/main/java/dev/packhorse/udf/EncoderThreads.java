package dev.packhorse.udf;

import org.apache.spark.SparkConf;

/**
 * How many threads an executor's encoder gets, so that computing threads never outnumber the executor's cores.
 *
 * <p>Each running task computes in its own thread. Where {@code spark.task.cpus} gives a task more than one core, the
 * others are filled by the encoder's pool, which all tasks share.
 */
public final class EncoderThreads {

    private EncoderThreads() {}

    /**
     * Threads as {@link dev.packhorse.engine.EngineSettings} counts them: one caller and the shared pool. Where nobody
     * says how many cores an executor has, one task's are counted.
     */
    public static int perExecutor(SparkConf conf) {
        var cpus = conf.getInt("spark.task.cpus", 1);
        var slots = Math.max(1, conf.getInt("spark.executor.cores", cpus) / cpus);
        return slots * (cpus - 1) + 1;
    }
}
