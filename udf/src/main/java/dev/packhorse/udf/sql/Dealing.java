package dev.packhorse.udf.sql;

import java.util.List;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.Generate;
import org.apache.spark.sql.catalyst.plans.logical.GlobalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LocalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Offset;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.Sort;
import org.apache.spark.sql.catalyst.plans.physical.Partitioning;
import org.apache.spark.sql.catalyst.plans.physical.SinglePartition$;
import org.apache.spark.sql.catalyst.plans.physical.UnknownPartitioning;
import org.apache.spark.sql.execution.adaptive.LogicalQueryStage;

/** Whether rows that lie in few partitions may be dealt out to all cores before they are embedded, which changes their order. */
enum Dealing {
    /** There are few rows, or they are in an order. */
    NEVER {
        @Override
        boolean of(Partitioning rows) {
            return false;
        }
    },
    /** Where no operator has put the rows into their places. */
    UNPLACED {
        @Override
        boolean of(Partitioning rows) {
            return rows instanceof UnknownPartitioning;
        }
    },
    /** Also from one partition, for it was only for a limit that they were brought there. */
    UNPLACED_OR_SINGLE {
        @Override
        boolean of(Partitioning rows) {
            return UNPLACED.of(rows) || rows.equals(SinglePartition$.MODULE$);
        }
    };

    /** Operators with one child that keep its rows' order. */
    private static final List<Class<? extends LogicalPlan>> KEEP_ORDER = List.of(
            EmbedRows.class,
            MeteredRows.class,
            Project.class,
            Filter.class,
            Generate.class,
            LocalLimit.class,
            GlobalLimit.class,
            Offset.class);

    /** Whether rows that are so partitioned may be dealt out. */
    abstract boolean of(Partitioning rows);

    /**
     * Looks at the query rather than at how it is carried out: an operator tells no order any more where the column of the
     * order has been left out.
     */
    static Dealing of(EmbedRows rows) {
        var most = rows.maxRowsPerPartition();
        if (isInOrder(rows.child())
                || (most.isDefined() && ((Number) most.get()).longValue() <= EmbedStrategy.FEW_ROWS)) {
            return NEVER;
        }
        return isLimited(rows.child()) ? UNPLACED_OR_SINGLE : UNPLACED;
    }

    static boolean isInOrder(LogicalPlan plan) {
        return plan instanceof Sort
                || (plan.children().isEmpty()
                        && !Scala.java(plan.outputOrdering()).isEmpty())
                || (KEEP_ORDER.contains(plan.getClass())
                        && isInOrder(plan.children().head()));
    }

    /** A limit has two halves; Spark leaves out the upper one when it has counted the rows that the lower one lets through. */
    private static boolean isLimited(LogicalPlan plan) {
        return plan instanceof GlobalLimit
                || plan instanceof LocalLimit
                || (plan instanceof LogicalQueryStage counted && isLimited(counted.logicalPlan()))
                || (KEEP_ORDER.contains(plan.getClass())
                        && isLimited(plan.children().head()));
    }
}
