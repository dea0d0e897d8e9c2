package dev.packhorse.udf.sql;

import java.util.List;
import org.apache.spark.sql.execution.SparkPlan;

/** A physical operator with one child; Spark's own is a Scala trait that Java cannot extend. */
abstract class UnaryPhysical extends SparkPlanOfScala implements CaseClass {

    private final SparkPlan child;

    UnaryPhysical(SparkPlan child) {
        this.child = child;
    }

    final SparkPlan child() {
        return child;
    }

    abstract SparkPlan withChild(SparkPlan child);

    @Override
    final List<SparkPlan> below() {
        return List.of(child);
    }

    @Override
    final SparkPlan withBelow(List<SparkPlan> below) {
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
