package dev.packhorse.udf.sql;

import java.util.List;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import scala.collection.IndexedSeq;
import scala.collection.Seq;

/** A logical operator, without the types of Scala that are others in its other version. */
abstract class LogicalPlanOfScala extends LogicalPlan {

    /** All of them. */
    abstract List<LogicalPlan> below();

    /** The same with others below. */
    abstract LogicalPlan withBelow(List<LogicalPlan> below);

    @Override
    public final Seq<LogicalPlan> children() {
        return Scala.list(below());
    }

    @Override
    public final LogicalPlan withNewChildrenInternal(IndexedSeq<LogicalPlan> children) {
        return withBelow(Scala.java(children));
    }
}
