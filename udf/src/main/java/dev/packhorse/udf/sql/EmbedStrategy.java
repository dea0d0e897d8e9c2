package dev.packhorse.udf.sql;

import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.SparkStrategy;
import scala.collection.immutable.List;

/** How Spark's planner carries out the operators of this package. */
public final class EmbedStrategy extends SparkStrategy {

    /** So few, such as those that a person wants to see, are not dealt out to all cores, and stay in their order. */
    private static final int FEW_ROWS = 1_000;

    @Override
    public List<SparkPlan> apply(LogicalPlan plan) {
        if (plan instanceof EmbedRows rows) {
            return Scala.one(new EmbedRowsExec(rows.embed(), rows.result(), mayBeMany(rows), planLater(rows.child())));
        }
        if (plan instanceof MeteredRows rows) {
            return Scala.one(new MeteredRowsExec(rows.name(), rows.metrics(), planLater(rows.child())));
        }
        return Scala.none();
    }

    private static boolean mayBeMany(LogicalPlan rows) {
        return rows.maxRows().isEmpty() || ((Number) rows.maxRows().get()).longValue() > FEW_ROWS;
    }
}
