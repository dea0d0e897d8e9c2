package dev.packhorse.udf.sql;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Expression;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/** A function's call in a plan; Spark's own bases for such classes have final methods that Java's compiler does not accept. */
abstract class FunctionCall extends Expression implements Serializable {

    private final List<Expression> arguments;

    FunctionCall(Expression... arguments) {
        this.arguments = List.of(arguments);
    }

    /** The same call of others. */
    abstract Expression withArguments(List<Expression> arguments);

    /** The constructor's arguments, in its order: Spark copies an expression by them, and two are equal by them. */
    abstract Object[] elements();

    final Expression argument(int n) {
        return arguments.get(n);
    }

    @Override
    public final Seq<Expression> children() {
        return Scala.list(arguments);
    }

    @Override
    public final Expression withNewChildrenInternal(IndexedSeq<Expression> children) {
        return withArguments(Scala.java(children));
    }

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
        return this == other || (canEqual(other) && Arrays.equals(elements(), ((FunctionCall) other).elements()));
    }

    @Override
    public final int hashCode() {
        return super.hashCode();
    }
}
