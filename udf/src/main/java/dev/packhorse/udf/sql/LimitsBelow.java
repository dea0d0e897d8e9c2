package dev.packhorse.udf.sql;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.GlobalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LocalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Offset;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.Sort;

/**
 * Brings limits below embeddings, which give one row for each and keep their order, so that no row is embedded that does not
 * leave.
 *
 * <p>It is needed for more than that. Spark moves projections, and the calls in them, from above a limit to between it and
 * the sort that it is of. With the embedding there Spark would see no sort below the limit any more, and take any rows.
 */
final class LimitsBelow {

    private LimitsBelow() {}

    static LogicalPlan move(LogicalPlan plan) {
        var node = plan.mapChildren(Scala.function(LimitsBelow::move));
        if (!isLimit(node)) {
            return node;
        }
        var child = node.children().head();
        return embeds(child) ? below(child, lower -> limited(node, lower)) : limited(node, child);
    }

    private static LogicalPlan limited(LogicalPlan limit, LogicalPlan child) {
        var few = limit instanceof LocalLimit local && isFew(local.limitExpr()) && !child.isStreaming();
        var lower = few ? sortedFirst(child, ((LocalLimit) limit).limitExpr()) : limitsTogether(child);
        return limit.withNewChildren(Scala.one(lower));
    }

    /** Where columns were left out between a limit's halves, has them left out below both: Spark knows no halves alone. */
    private static LogicalPlan limitsTogether(LogicalPlan plan) {
        if (!(plan instanceof Project project) || !isLimit(project.child())) {
            return plan;
        }
        var limit = project.child();
        return limit.withNewChildren(Scala.one(limitsTogether(project.withNewChildren(limit.children()))));
    }

    /** Whether a limit is so small that its rows may be embedded by one task. */
    static boolean isFew(Expression limit) {
        return limit.foldable()
                && limit.eval(null) instanceof Number rows
                && rows.longValue() <= EmbedStrategy.FEW_ROWS;
    }

    private static boolean isLimit(LogicalPlan node) {
        return node instanceof GlobalLimit || node instanceof LocalLimit || node instanceof Offset;
    }

    /** Whether each row of a plan is one of an embedding. */
    static boolean embeds(LogicalPlan plan) {
        return plan instanceof EmbedRows
                || (plan instanceof Project && embeds(plan.children().head()));
    }

    /** Does something to what is below the lowest of such embeddings. */
    static LogicalPlan below(LogicalPlan plan, UnaryOperator<LogicalPlan> change) {
        return embeds(plan) ? plan.mapChildren(Scala.function(child -> below(child, change))) : change.apply(plan);
    }

    /** What is below the lowest of such embeddings. */
    static LogicalPlan source(LogicalPlan plan) {
        return embeds(plan) ? source(plan.children().head()) : plan;
    }

    /**
     * Where a limit's rows are the first by an order that the embeddings below have no part in, sorts and limits their rows
     * as well. The sort above stays and finds little to do.
     *
     * <p>For few rows only: many are better embedded by all cores, before they are brought into one place.
     */
    private static LogicalPlan sortedFirst(LogicalPlan plan, Expression limit) {
        if (plan instanceof Project) {
            return plan.mapChildren(Scala.function(child -> sortedFirst(child, limit)));
        }
        return plan instanceof Sort sort && sort.global()
                ? firstBelow(sort.child(), sort, limit)
                        .<LogicalPlan>map(child -> sort.withNewChildren(Scala.one(child)))
                        .orElse(sort)
                : plan;
    }

    /**
     * The plan with its rows limited below the lowest embedding that can have it so.
     *
     * @param sort by columns of the plan
     * @return empty where there is no such embedding
     */
    private static Optional<LogicalPlan> firstBelow(LogicalPlan plan, LogicalPlan sort, Expression limit) {
        if (plan instanceof Project project) {
            return inTermsOf(project, sort)
                    .flatMap(lower -> firstBelow(project.child(), lower, limit))
                    .map(child -> project.withNewChildren(Scala.one(child)));
        }
        if (plan instanceof EmbedRows rows && !sort.references().contains(rows.result())) {
            return Optional.of(rows.withChild(firstBelow(rows.child(), sort, limit)
                    .orElseGet(() -> new GlobalLimit(
                            limit, new LocalLimit(limit, sort.withNewChildren(Scala.one(rows.child())))))));
        }
        return Optional.empty();
    }

    /** The same sort by what a projection's columns are made of. */
    private static Optional<LogicalPlan> inTermsOf(Project project, LogicalPlan sort) {
        var lower = sort.withNewChildren(Scala.one(project.child()))
                .mapExpressions(Scala.function(expression -> inTermsOf(project, expression)));
        return Scala.java(lower.expressions()).stream().allMatch(Expression::deterministic)
                ? Optional.of(lower)
                : Optional.empty();
    }

    private static Expression inTermsOf(Project project, Expression expression) {
        if (expression instanceof Attribute column) {
            return Scala.java(project.projectList()).stream()
                    .filter(named -> named instanceof Alias && named.exprId().equals(column.exprId()))
                    .map(named -> ((Alias) named).child())
                    .findFirst()
                    .orElse(column);
        }
        return expression.mapChildren(Scala.function(child -> inTermsOf(project, child)));
    }
}
