package dev.packhorse.udf.sql;

import dev.packhorse.udf.metrics.EmbedMetrics;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.SortOrder;
import org.apache.spark.sql.catalyst.plans.physical.Partitioning;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.metric.SQLMetric;
import scala.collection.immutable.List;
import scala.collection.immutable.Map;

/** {@link MeteredRows}, carried out: there is nothing to do. Immutable. */
public final class MeteredRowsExec extends UnaryPhysical {

    private final String name;
    private final EmbedMetrics metrics;

    /** See {@link MeteredRows#of}. */
    public MeteredRowsExec(String name, EmbedMetrics metrics, SparkPlan child) {
        super(child);
        this.name = name;
        this.metrics = metrics;
    }

    @Override
    public RDD<InternalRow> doExecute() {
        return child().execute();
    }

    @Override
    public Map<String, SQLMetric> metrics() {
        return metrics.asScala();
    }

    @Override
    SparkPlan withChild(SparkPlan child) {
        return new MeteredRowsExec(name, metrics, child);
    }

    @Override
    public List<Attribute> output() {
        return Scala.list(Scala.java(child().output()));
    }

    @Override
    public Partitioning outputPartitioning() {
        return child().outputPartitioning();
    }

    @Override
    public List<SortOrder> outputOrdering() {
        return Scala.list(Scala.java(child().outputOrdering()));
    }

    @Override
    public String nodeName() {
        return name;
    }

    @Override
    public Object[] elements() {
        return new Object[] {name, metrics, child()};
    }
}
