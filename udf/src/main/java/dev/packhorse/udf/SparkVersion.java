package dev.packhorse.udf;

import org.apache.spark.package$;
import scala.util.Properties;

/**
 * Whether the Spark that runs this is one that it was compiled for: with another, tasks would end in missing methods.
 * Thread-safe.
 */
public final class SparkVersion {

    private SparkVersion() {}

    /** @throws IllegalStateException when Spark's major version or Scala's is another; the message says which jar fits */
    public static void require() {
        require(package$.MODULE$.SPARK_VERSION(), Properties.versionNumberString());
    }

    static void require(String spark, String scala) {
        if (!major(spark).equals(major(SparkBuild.SPARK)) || !scala.startsWith(SparkBuild.SCALA + ".")) {
            throw new IllegalStateException(
                    "expected Spark %s with Scala %s, for which this jar is built, found Spark %s with Scala %s; README.md says, under \"On a cluster\", which jar is for which Spark"
                            .formatted(SparkBuild.SPARK, SparkBuild.SCALA, spark, scala));
        }
    }

    private static String major(String version) {
        return version.substring(0, version.indexOf('.'));
    }
}
