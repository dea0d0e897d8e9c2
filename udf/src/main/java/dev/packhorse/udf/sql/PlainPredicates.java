package dev.packhorse.udf.sql;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.And;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;

/**
 * Cuts a filter in two: what asks for no vector comes first, for each row that it keeps away need not be embedded, and a
 * source that can filter must find it right above. Spark has brought the whole filter as far down as it may go.
 */
final class PlainPredicates {

    private PlainPredicates() {}

    /** @return a filter with another one below it; anything else as it is */
    static LogicalPlan first(LogicalPlan node) {
        if (!(node instanceof Filter filter)) {
            return node;
        }
        var plain = new ArrayList<Expression>();
        var others = new ArrayList<Expression>();
        var movable = true;
        for (var predicate : conjuncts(filter.condition())) {
            movable &= predicate.deterministic(); // as Spark does: nothing passes what may come out otherwise
            (movable && !ExtractEmbeddings.hasCalls(predicate) ? plain : others).add(predicate);
        }
        return plain.isEmpty() || others.isEmpty()
                ? filter
                : new Filter(all(others), new Filter(all(plain), filter.child()));
    }

    private static List<Expression> conjuncts(Expression condition) {
        if (!(condition instanceof And and)) {
            return List.of(condition);
        }
        var both = new ArrayList<>(conjuncts(and.left()));
        both.addAll(conjuncts(and.right()));
        return both;
    }

    private static Expression all(List<Expression> predicates) {
        return predicates.stream().reduce(And::new).orElseThrow();
    }
}
