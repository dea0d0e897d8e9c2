package dev.packhorse.udf.sql;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.InputFileBlockLength;
import org.apache.spark.sql.catalyst.expressions.InputFileBlockStart;
import org.apache.spark.sql.catalyst.expressions.InputFileName;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.Generate;
import org.apache.spark.sql.catalyst.plans.logical.GlobalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LocalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.Sort;
import scala.Option;

/**
 * Has {@code input_file_name()} and its like computed below embeddings. They say which file their task reads at the moment,
 * and an embedding has read ahead when its first row leaves.
 */
final class InputFiles {

    private InputFiles() {}

    static LogicalPlan readBelow(LogicalPlan plan) {
        var node = plan.mapChildren(Scala.function(InputFiles::readBelow));
        var files = new ArrayList<Alias>();
        Scala.java(node.expressions()).forEach(expression -> collect(expression, files));
        var above = node instanceof EmbedRows
                || (node.children().size() == 1
                        && comesFromEmbedding(node.children().head()));
        if (files.isEmpty() || !above) {
            return node;
        }
        var replaced = node.mapExpressions(Scala.function(expression -> replace(expression, files)))
                .mapChildren(Scala.function(child -> with(files, child)));
        return Columns.only(Scala.java(node.output()), replaced);
    }

    private static boolean comesFromEmbedding(LogicalPlan plan) {
        return plan instanceof EmbedRows
                || (isPassed(plan) && comesFromEmbedding(plan.children().head()));
    }

    /** Operators that a column of their child can be handed up through. */
    private static boolean isPassed(LogicalPlan plan) {
        return plan instanceof Project
                || plan instanceof Filter
                || plan instanceof Generate
                || plan instanceof Sort
                || plan instanceof LocalLimit
                || plan instanceof GlobalLimit;
    }

    private static void collect(Expression expression, List<Alias> files) {
        if (isOfFile(expression)) {
            if (files.stream().noneMatch(file -> file.child().equals(expression))) {
                files.add(new Alias(
                        expression,
                        expression.prettyName(),
                        NamedExpression.newExprId(),
                        Scala.none(),
                        Option.empty(),
                        Scala.none()));
            }
            return;
        }
        Scala.java(expression.children()).forEach(child -> collect(child, files));
    }

    private static boolean isOfFile(Expression expression) {
        return expression instanceof InputFileName
                || expression instanceof InputFileBlockStart
                || expression instanceof InputFileBlockLength;
    }

    private static Expression replace(Expression expression, List<Alias> files) {
        return isOfFile(expression)
                ? files.stream()
                        .filter(file -> file.child().equals(expression))
                        .findFirst()
                        .orElseThrow()
                        .toAttribute()
                : expression.mapChildren(Scala.function(child -> replace(child, files)));
    }

    /** The plan with columns of the files' names, computed below all its embeddings. */
    private static LogicalPlan with(List<Alias> files, LogicalPlan plan) {
        if (!comesFromEmbedding(plan)) {
            return Columns.and(plan, files);
        }
        var grown = plan.mapChildren(Scala.function(child -> with(files, child)));
        return grown instanceof Project project
                ? Columns.wider(project, files.stream().map(Alias::toAttribute).toList())
                : grown;
    }
}
