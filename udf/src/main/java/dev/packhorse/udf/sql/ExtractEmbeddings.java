package dev.packhorse.udf.sql;

import dev.packhorse.udf.rows.OutputColumns;
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
import org.apache.spark.sql.catalyst.optimizer.ColumnPruning$;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.Generate;
import org.apache.spark.sql.catalyst.plans.logical.Join;
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
 * that rule runs when all other rules have done their work: filters and projections have been pushed down, and subqueries
 * are joins. So what could still come below the embedding is brought there here. Applied again it changes nothing.
 */
final class ExtractEmbeddings extends Rule<LogicalPlan> {

    private static final String RESULT = "packhorse_embedding";

    @Override
    public LogicalPlan apply(LogicalPlan plan) {
        if (!plan.exists(Scala.function(ExtractEmbeddings::hasCalls))) {
            return plan;
        }
        var extracted = InputFiles.readBelow(extract(plan));
        var pruned =
                ColumnPruning$.MODULE$.apply(extracted); // or columns that nobody reads would come to the embedding
        return LimitsBelow.move(pruned);
    }

    private static boolean hasCalls(LogicalPlan node) {
        return !(node instanceof EmbedRows)
                && Scala.java(node.expressions()).stream().anyMatch(ExtractEmbeddings::hasCalls);
    }

    static boolean hasCalls(Expression expression) {
        return expression.exists(Scala.function(EmbedText.class::isInstance));
    }

    private LogicalPlan extract(LogicalPlan plan) {
        var node = plan.mapChildren(Scala.function(this::extract));
        if (!hasCalls(node)) {
            return node;
        }
        var varying = PlainPredicates.first(node.mapExpressions(Scala.function(ExtractEmbeddings::constantsNow)));
        var calls = calls(varying);
        return calls.isEmpty() ? restNow(varying) : extract(varying, calls);
    }

    /** Constants are embedded here, once for all rows. */
    private static Expression constantsNow(Expression expression) {
        if (expression instanceof EmbedText call) {
            return call.text().foldable() ? now(call) : call;
        }
        return expression.mapChildren(Scala.function(ExtractEmbeddings::constantsNow));
    }

    /** What no operator can be put below is embedded row by row. */
    private static LogicalPlan restNow(LogicalPlan node) {
        return hasCalls(node) ? node.mapExpressions(Scala.function(ExtractEmbeddings::allNow)) : node;
    }

    private static Expression allNow(Expression expression) {
        return expression instanceof EmbedText call
                ? now(call)
                : expression.mapChildren(Scala.function(ExtractEmbeddings::allNow));
    }

    private static Expression now(EmbedText call) {
        var details = new EmbedNow(call.text(), call.settings());
        return part(details.foldable() ? Literal.create(details.once(), details.dataType()) : details, call.part());
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

    private static LogicalPlan extract(LogicalPlan node, List<EmbedText> calls) {
        var children = new ArrayList<LogicalPlan>();
        var results = new ArrayList<Attribute>(); // of each call
        calls.forEach(call -> results.add(null));
        for (var child : Scala.java(node.children())) {
            var grown = child;
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
        return Columns.only(Scala.java(node.output()), restNow(replaced));
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
                var known = project.projectList().contains(below.result());
                var wider = Columns.wider(project, known ? List.of() : List.of(below.result()));
                return new Embedded(wider.withNewChildren(Scala.one(below.plan())), below.result());
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
            case VECTOR ->
                new GetStructField(
                        details,
                        EmbedText.DETAILS.fieldIndex(OutputColumns.EMBEDDING),
                        Option.apply(OutputColumns.EMBEDDING));
            case DETAILS -> details;
        };
    }
}
