package dev.packhorse.udf.sql;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;

/** Projections around operators. */
final class Columns {

    private Columns() {}

    /** A plan with the columns that the operators above know, whatever was added to it. */
    static LogicalPlan only(List<Attribute> columns, LogicalPlan plan) {
        return plan.output().size() == columns.size()
                ? plan
                : new Project(Scala.list(List.<NamedExpression>copyOf(columns)), plan);
    }

    /** A plan's columns and more, which are computed of them. */
    static Project and(LogicalPlan plan, List<? extends NamedExpression> more) {
        return project(List.copyOf(Scala.java(plan.output())), more, plan);
    }

    /** A projection that has more of its child's columns. */
    static Project wider(Project project, List<? extends NamedExpression> more) {
        return project(Scala.java(project.projectList()), more, project.child());
    }

    private static Project project(
            List<? extends NamedExpression> columns, List<? extends NamedExpression> more, LogicalPlan child) {
        var all = new ArrayList<NamedExpression>(columns);
        all.addAll(more);
        return new Project(Scala.list(all), child);
    }
}
