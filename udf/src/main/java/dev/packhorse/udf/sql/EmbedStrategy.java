package dev.packhorse.udf.sql;

import java.util.Optional;
import org.apache.spark.sql.catalyst.plans.logical.GlobalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LocalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.ReturnAnswer;
import org.apache.spark.sql.execution.CollectLimitExec;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.SparkStrategy;
import scala.collection.immutable.List;

/** How Spark's planner carries out the operators of this package. */
final class EmbedStrategy extends SparkStrategy {

    /** So few, such as those that a person wants to see, are not dealt out to all cores, and stay in their order. */
    static final int FEW_ROWS = 1_000;

    @Override
    public List<SparkPlan> apply(LogicalPlan plan) {
        if (plan instanceof EmbedRows rows) {
            return Scala.one(new EmbedRowsExec(rows.embed(), rows.result(), Dealing.of(rows), planLater(rows.child())));
        }
        if (plan instanceof MeteredRows rows) {
            return Scala.one(new MeteredRowsExec(rows.name(), rows.metrics(), planLater(rows.child())));
        }
        return plan instanceof ReturnAnswer answer
                ? anyFew(answer.child()).map(Scala::one).orElseGet(Scala::none)
                : Scala.none();
    }

    /**
     * The first few rows of a query that has no order, for someone to look at: read from partition after partition until
     * there are enough, as Spark does where nothing is between the limit and the answer.
     */
    private Optional<SparkPlan> anyFew(LogicalPlan plan) {
        if (!LimitsBelow.embeds(plan) || !(LimitsBelow.source(plan) instanceof GlobalLimit global)) {
            return Optional.empty();
        }
        var limit = global.limitExpr();
        if (!(global.child() instanceof LocalLimit local)
                || !local.limitExpr().equals(limit)
                || !LimitsBelow.isFew(limit)
                || local.isStreaming()
                || Dealing.isInOrder(local.child())) {
            return Optional.empty();
        }
        var rows = ((Number) limit.eval(null)).intValue();
        return Optional.of(new CollectLimitExec(rows, planLater(LimitsBelow.below(plan, any -> local)), 0));
    }
}
