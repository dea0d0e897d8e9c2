package dev.packhorse.udf.sql;

import java.util.Arrays;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenFallback;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;

/** A call that is evaluated row by row. */
abstract class EvaluatedCall extends FunctionCall implements CodegenFallback {

    private final boolean foldable;

    EvaluatedCall(Expression... arguments) {
        super(arguments);
        this.foldable = Arrays.stream(arguments).allMatch(Expression::foldable);
    }

    @Override
    public final boolean foldable() {
        return foldable;
    }

    @Override
    public final boolean nullable() {
        return true;
    }

    @Override
    public final ExprCode doGenCode(CodegenContext context, ExprCode code) {
        return CodegenFallback.super.doGenCode(context, code);
    }
}
