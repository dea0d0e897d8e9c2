package dev.packhorse.udf.sql;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;

/** Between Datasets and their plans, which Spark 4 and Spark 3 keep in different places. */
final class Datasets {

    private Datasets() {}

    static LogicalPlan plan(Dataset<Row> rows) {
        return ((org.apache.spark.sql.classic.Dataset<Row>) rows).logicalPlan();
    }

    static Dataset<Row> of(LogicalPlan plan, Dataset<Row> like) {
        return org.apache.spark.sql.classic.Dataset.ofRows(
                (org.apache.spark.sql.classic.SparkSession) like.sparkSession(), plan);
    }
}
