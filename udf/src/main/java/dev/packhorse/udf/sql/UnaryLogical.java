package dev.packhorse.udf.sql;

import java.util.List;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;

/** A logical operator with one child; Spark's own is a Scala trait that Java cannot extend. */
abstract class UnaryLogical extends LogicalPlanOfScala implements CaseClass {

    private final LogicalPlan child;

    UnaryLogical(LogicalPlan child) {
        this.child = child;
    }

    final LogicalPlan child() {
        return child;
    }

    abstract LogicalPlan withChild(LogicalPlan child);

    @Override
    final List<LogicalPlan> below() {
        return List.of(child);
    }

    @Override
    final LogicalPlan withBelow(List<LogicalPlan> below) {
        return withChild(below.get(0));
    }

    @Override
    public final boolean equals(Object other) {
        return isEqualTo(other);
    }

    @Override
    public final int hashCode() {
        return super.hashCode();
    }
}
