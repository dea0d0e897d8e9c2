package dev.packhorse.udf.sql;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Expression;

/** A function's call in a plan; Spark's own bases for such classes have final methods that Java's compiler does not accept. */
abstract class FunctionCall extends ExpressionOfScala implements CaseClass, Serializable {

    private final List<Expression> arguments;

    FunctionCall(Expression... arguments) {
        this.arguments = List.of(arguments);
    }

    final Expression argument(int n) {
        return arguments.get(n);
    }

    @Override
    final List<Expression> below() {
        return arguments;
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
