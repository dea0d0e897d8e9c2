package dev.packhorse.udf.sql;

import dev.packhorse.udf.metrics.EmbedMetrics;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import scala.Option;
import scala.collection.immutable.List;

/** Its child's rows as they are; a place in the plan where Spark's UI shows what the functions below it count. Immutable. */
public final class MeteredRows extends UnaryLogical {

    private final String name;
    private final EmbedMetrics metrics;

    /** See {@link #of}. */
    public MeteredRows(String name, EmbedMetrics metrics, LogicalPlan child) {
        super(child);
        this.name = name;
        this.metrics = metrics;
    }

    /**
     * The same rows.
     *
     * @param name of the operator in the UI
     * @param metrics that the functions which make the rows count into
     */
    public static Dataset<Row> of(Dataset<Row> rows, String name, EmbedMetrics metrics) {
        SparkHooks.plan(rows.sparkSession());
        return Datasets.of(new MeteredRows(name, metrics, Datasets.plan(rows)), rows);
    }

    String name() {
        return name;
    }

    EmbedMetrics metrics() {
        return metrics;
    }

    @Override
    LogicalPlan withChild(LogicalPlan child) {
        return new MeteredRows(name, metrics, child);
    }

    @Override
    public List<Attribute> output() {
        return Scala.list(Scala.java(child().output()));
    }

    @Override
    public Option<Object> maxRows() {
        return child().maxRows();
    }

    @Override
    public Object[] elements() {
        return new Object[] {name, metrics, child()};
    }
}
