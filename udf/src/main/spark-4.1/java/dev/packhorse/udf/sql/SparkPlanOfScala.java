package dev.packhorse.udf.sql;

import java.util.List;
import org.apache.spark.sql.execution.SparkPlan;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/** A physical operator, without the types of Scala that are others in its other version. */
abstract class SparkPlanOfScala extends SparkPlan {

    /** All of them. */
    abstract List<SparkPlan> below();

    /** The same with others below. */
    abstract SparkPlan withBelow(List<SparkPlan> below);

    @Override
    public final Seq<SparkPlan> children() {
        return Scala.list(below());
    }

    @Override
    public final SparkPlan withNewChildrenInternal(IndexedSeq<SparkPlan> children) {
        return withBelow(Scala.java(children));
    }
}
