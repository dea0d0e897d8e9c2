package dev.packhorse.udf.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GetStructField;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateExpression;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.Generate;
import org.apache.spark.sql.catalyst.plans.logical.Join;
import org.apache.spark.sql.catalyst.plans.logical.LocalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.RepartitionByExpression;
import org.apache.spark.sql.catalyst.plans.logical.Sort;
import org.apache.spark.sql.catalyst.plans.logical.Window;
import org.apache.spark.sql.catalyst.rules.Rule;
import scala.Option;

/**
 * Takes the calls of {@code embed} out of a plan's operators and puts {@link EmbedRows} below them, one for each different
 * call: what an operator below has embedded already is handed up to those above that ask for the same.
 *
 * <p>Does what Spark's own ExtractPythonUDFs does for Python (sql/core, execution/python/ExtractPythonUDFs.scala), and like
 * that rule runs after filters and projections have been pushed down. Applied again it changes nothing.
 */
public final class ExtractEmbeddings extends Rule<LogicalPlan> {

    private static final String RESULT = "packhorse_embedding";

    @Override
    public LogicalPlan apply(LogicalPlan plan) {
        return plan.exists(Scala.function(ExtractEmbeddings::hasCalls)) ? extract(plan) : plan;
    }

    private static boolean hasCalls(LogicalPlan node) {
        return !(node instanceof EmbedRows)
                && Scala.java(node.expressions()).stream().anyMatch(ExtractEmbeddings::hasCalls);
    }

    private static boolean hasCalls(Expression expression) {
        return expression.exists(Scala.function(EmbedText.class::isInstance));
    }

    private LogicalPlan extract(LogicalPlan plan) {
        var node = plan.mapChildren(Scala.function(this::extract));
        if (node instanceof LocalLimit limit) {
            return limit.mapChildren(Scala.function(child -> limited(child, limit.limitExpr())));
        }
        if (!hasCalls(node)) {
            return node;
        }
        var calls = calls(node);
        var extracted = calls.isEmpty() ? node : extract(node, calls);
        return hasCalls(extracted) ? extracted.mapExpressions(Scala.function(ExtractEmbeddings::now)) : extracted;
    }

    /** What is left, and constants, which are embedded here once for all rows. */
    private static Expression now(Expression expression) {
        if (expression instanceof EmbedText call) {
            var details = new EmbedNow(call.text(), call.settings());
            return part(
                    details.foldable() ? Literal.create(details.eval(null), details.dataType()) : details, call.part());
        }
        return expression.mapChildren(Scala.function(ExtractEmbeddings::now));
    }

    /** The calls in an operator that can be taken out, each different one once. */
    private static List<EmbedText> calls(LogicalPlan node) {
        var calls = new ArrayList<EmbedText>();
        if (takesColumns(node)) {
            Scala.java(node.expressions()).forEach(expression -> collect(expression, isAggregated(node), calls));
        }
        calls.removeIf(call -> Scala.java(node.children()).stream().noneMatch(child -> computesIn(call, child)));
        return calls;
    }

    /** Operators that may be given a column by their child instead of an expression. */
    private static boolean takesColumns(LogicalPlan node) {
        return node instanceof Project
                || node instanceof Filter
                || node instanceof Sort
                || node instanceof Join
                || node instanceof Aggregate
                || node instanceof Window
                || node instanceof Generate
                || node instanceof RepartitionByExpression;
    }

    /** Above its groups, an aggregate sees no columns of its child: only what is inside its functions and keys can go. */
    private static boolean isAggregated(LogicalPlan node) {
        return node instanceof Aggregate;
    }

    private static void collect(Expression expression, boolean aggregated, List<EmbedText> calls) {
        if (expression instanceof EmbedText call && !aggregated) {
            if (calls.stream().noneMatch(call::sameWork)) {
                calls.add(call);
            }
            return;
        }
        var inside = aggregated && !(expression instanceof AggregateExpression);
        Scala.java(expression.children()).forEach(child -> collect(child, inside, calls));
    }

    private static boolean computesIn(EmbedText call, LogicalPlan child) {
        return !call.references().isEmpty() && call.references().subsetOf(child.outputSet());
    }

    private LogicalPlan extract(LogicalPlan node, List<EmbedText> calls) {
        var children = new ArrayList<LogicalPlan>();
        var results = new ArrayList<Attribute>(); // of each call
        calls.forEach(call -> results.add(null));
        for (var child : Scala.java(node.children())) {
            var grown = needed(node, child);
            for (var i = 0; i < calls.size(); i++) {
                if (results.get(i) == null && computesIn(calls.get(i), child)) {
                    var embedded = embedded(grown, calls.get(i));
                    results.set(i, embedded.result());
                    grown = embedded.plan();
                }
            }
            children.add(grown);
        }
        var aggregated = isAggregated(node);
        var replaced = node.mapExpressions(
                        Scala.function(expression -> replace(expression, aggregated, calls, results)))
                .withNewChildren(Scala.list(children));
        return withOutput(replaced, node);
    }

    /** Where an operator does not pass all its columns on, those that it does not read need not come to the embedding. */
    private static LogicalPlan needed(LogicalPlan node, LogicalPlan child) {
        if (!(node instanceof Project) && !(node instanceof Aggregate)) {
            return child;
        }
        var needed = Scala.java(child.output()).stream()
                .filter(node.references()::contains)
                .toList();
        return needed.size() == child.output().size() ? child : project(needed, child);
    }

    private static LogicalPlan project(List<? extends Attribute> columns, LogicalPlan child) {
        return new Project(
                Scala.list(columns.stream().<NamedExpression>map(c -> c).toList()), child);
    }

    /** A plan and which of its columns holds the details of a call. */
    private record Embedded(LogicalPlan plan, Attribute result) {}

    private static Embedded embedded(LogicalPlan child, EmbedText call) {
        return found(child, call).orElseGet(() -> {
            var details = call.details();
            var result = new AttributeReference(
                    RESULT,
                    details.dataType(),
                    false,
                    org.apache.spark.sql.types.Metadata.empty(),
                    NamedExpression.newExprId(),
                    Scala.none());
            return new Embedded(new EmbedRows(details, result, child), result);
        });
    }

    /** The same work in an operator below, its result handed up through what is in between. */
    private static Optional<Embedded> found(LogicalPlan plan, EmbedText call) {
        if (plan instanceof EmbedRows rows) {
            return rows.embed().sameWork(call)
                    ? Optional.of(new Embedded(rows, rows.result()))
                    : found(rows.child(), call)
                            .map(below -> new Embedded(rows.withChild(below.plan()), below.result()));
        }
        if (plan instanceof Filter || plan instanceof Sort) {
            var child = plan.children().head();
            return found(child, call)
                    .map(below -> new Embedded(plan.withNewChildren(Scala.one(below.plan())), below.result()));
        }
        if (plan instanceof Project project
                && call.references().subsetOf(project.child().outputSet())) {
            return found(project.child(), call).map(below -> {
                var columns = project.projectList().contains(below.result())
                        ? project.projectList()
                        : Scala.with(project.projectList(), below.result());
                return new Embedded(new Project(Scala.list(Scala.java(columns)), below.plan()), below.result());
            });
        }
        return Optional.empty();
    }

    private static Expression replace(
            Expression expression, boolean aggregated, List<EmbedText> calls, List<Attribute> results) {
        if (expression instanceof EmbedText call && !aggregated) {
            for (var i = 0; i < calls.size(); i++) {
                if (calls.get(i).sameWork(call)) {
                    return part(results.get(i), call.part());
                }
            }
        }
        var inside = aggregated && !(expression instanceof AggregateExpression);
        return expression.mapChildren(Scala.function(child -> replace(child, inside, calls, results)));
    }

    private static Expression part(Expression details, EmbedText.Part part) {
        return switch (part) {
            case VECTOR -> new GetStructField(details, 0, Option.apply("embedding"));
            case DETAILS -> details;
        };
    }

    /** Hides what was added from the operators above. */
    private static LogicalPlan withOutput(LogicalPlan replaced, LogicalPlan original) {
        var columns = Scala.java(original.output());
        return replaced.output().size() == columns.size() ? replaced : project(columns, replaced);
    }

    /** Lets no more rows come to an embedding than may leave it. */
    private static LogicalPlan limited(LogicalPlan plan, Expression limit) {
        if (plan instanceof Project) {
            return plan.mapChildren(Scala.function(child -> limited(child, limit)));
        }
        if (plan instanceof EmbedRows rows) {
            var child = rows.child();
            return rows.withChild(
                    child instanceof EmbedRows || child instanceof Project
                            ? limitedBelow(child, limit)
                            : limit(child, limit));
        }
        return plan;
    }

    private static LogicalPlan limitedBelow(LogicalPlan plan, Expression limit) {
        var limited = limited(plan, limit);
        return limited.equals(plan) ? limit(plan, limit) : limited;
    }

    private static LogicalPlan limit(LogicalPlan plan, Expression limit) {
        return plan instanceof LocalLimit same && same.limitExpr().semanticEquals(limit)
                ? plan
                : new LocalLimit(limit, plan);
    }
}
