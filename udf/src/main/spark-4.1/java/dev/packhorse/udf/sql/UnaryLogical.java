package dev.packhorse.udf.sql;

import java.util.Arrays;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/** A logical operator with one child; Spark's own is a Scala trait that Java cannot extend. */
abstract class UnaryLogical extends LogicalPlan {

    private final LogicalPlan child;

    UnaryLogical(LogicalPlan child) {
        this.child = child;
    }

    final LogicalPlan child() {
        return child;
    }

    abstract LogicalPlan withChild(LogicalPlan child);

    @Override
    public final Seq<LogicalPlan> children() {
        return Scala.one(child);
    }

    @Override
    public final LogicalPlan withNewChildrenInternal(IndexedSeq<LogicalPlan> children) {
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
        return this == other || (canEqual(other) && Arrays.equals(elements(), ((UnaryLogical) other).elements()));
    }

    @Override
    public final int hashCode() {
        return super.hashCode();
    }
}
