package dev.packhorse.jobs.source;

import dev.packhorse.udf.rows.TextColumns;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.execution.adaptive.AdaptiveSparkPlanExec;

/**
 * An opened source. Immutable, as Datasets are.
 *
 * @param rows its rows
 * @param columns what to read from them
 */
public record Source(Dataset<Row> rows, TextColumns columns) {

    /**
     * Whether its rows are read in one pass, without joins, aggregates or sorts, so that to count them costs little beside
     * embedding them. Spark plans adaptively just what has more stages than one.
     */
    public boolean onePass() {
        return !(rows.queryExecution().executedPlan() instanceof AdaptiveSparkPlanExec);
    }
}
