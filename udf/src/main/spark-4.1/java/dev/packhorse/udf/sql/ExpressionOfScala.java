package dev.packhorse.udf.sql;

import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Expression;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/** An expression, without the types of Scala that are others in its other version. */
abstract class ExpressionOfScala extends Expression {

    /** All of them. */
    abstract List<Expression> below();

    /** The same with others below. */
    abstract Expression withBelow(List<Expression> below);

    @Override
    public final Seq<Expression> children() {
        return Scala.list(below());
    }

    @Override
    public final Expression withNewChildrenInternal(IndexedSeq<Expression> children) {
        return withBelow(Scala.java(children));
    }
}
