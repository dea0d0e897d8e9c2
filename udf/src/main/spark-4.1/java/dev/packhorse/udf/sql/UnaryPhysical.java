package dev.packhorse.udf.sql;

import java.util.Arrays;
import org.apache.spark.sql.execution.SparkPlan;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/** A physical operator with one child; Spark's own is a Scala trait that Java cannot extend. */
abstract class UnaryPhysical extends SparkPlan {

    private final SparkPlan child;

    UnaryPhysical(SparkPlan child) {
        this.child = child;
    }

    final SparkPlan child() {
        return child;
    }

    abstract SparkPlan withChild(SparkPlan child);

    @Override
    public final Seq<SparkPlan> children() {
        return Scala.one(child);
    }

    @Override
    public final SparkPlan withNewChildrenInternal(IndexedSeq<SparkPlan> children) {
        return withChild(children.head());
    }

    /** The constructor's arguments, in its order: Spark copies an operator by them, and two are equal by them. */
    abstract Object[] elements();

    @Override
    public final int productArity() {
        return elements().length;
    }

    @Override
    public final Object productElement(int n) {
        return elements()[n];
    }

    @Override
    public final boolean canEqual(Object other) {
        return other != null && other.getClass() == getClass();
    }

    @Override
    public final boolean equals(Object other) {
        return this == other || (canEqual(other) && Arrays.equals(elements(), ((UnaryPhysical) other).elements()));
    }

    @Override
    public final int hashCode() {
        return super.hashCode();
    }
}
