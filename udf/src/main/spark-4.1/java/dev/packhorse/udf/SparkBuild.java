package dev.packhorse.udf;

/** The Spark that this is compiled for; its twin says the other. */
final class SparkBuild {

    static final String SPARK = "4.1";
    static final String SCALA = "2.13";

    private SparkBuild() {}
}
