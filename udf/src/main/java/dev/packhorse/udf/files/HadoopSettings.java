package dev.packhorse.udf.files;

import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.SparkHadoopUtil;

/** Hadoop's settings as Spark has them: the cluster's files, and what {@code spark.hadoop.*} says. */
public final class HadoopSettings {

    private HadoopSettings() {}

    /** Those of a Spark that has not begun yet. */
    public static Configuration of(SparkConf conf) {
        return SparkHadoopUtil.get().newConfiguration(conf);
    }

    /** Those of the Spark that runs in this process: an executor has its driver's settings. */
    static Configuration ofThisProcess() {
        return of(SparkEnv.get().conf());
    }
}
