package dev.packhorse.udf.sql;

import dev.packhorse.udf.metrics.EmbedMetrics;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.SortOrder;
import org.apache.spark.sql.catalyst.plans.physical.Partitioning;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.metric.SQLMetric;
import scala.collection.immutable.List;
import scala.collection.immutable.Map;

/** {@link EmbedRows}, carried out: each task embeds its partition's rows in windows and hands them on in their order. */
public final class EmbedRowsExec extends UnaryPhysical {

    private final EmbedText embed;
    private final Attribute result;
    private transient EmbedMetrics metrics;

    public EmbedRowsExec(EmbedText embed, Attribute result, SparkPlan child) {
        super(child);
        this.embed = embed;
        this.result = result;
    }

    @Override
    public RDD<InternalRow> doExecute() {
        var work = new EmbedRowsWork(
                embed.text(),
                embed.settings().withTextColumn(embed.text().sql()),
                Scala.list(Scala.java(child().output())),
                output(),
                embedMetrics());
        return child().execute().toJavaRDD().mapPartitions(work, true).rdd();
    }

    private synchronized EmbedMetrics embedMetrics() {
        if (metrics == null) {
            metrics = EmbedMetrics.create(sparkContext());
        }
        return metrics;
    }

    @Override
    public Map<String, SQLMetric> metrics() {
        return embedMetrics().asScala();
    }

    @Override
    SparkPlan withChild(SparkPlan child) {
        return new EmbedRowsExec(embed, result, child);
    }

    @Override
    public List<Attribute> output() {
        return Scala.with(child().output(), result);
    }

    @Override
    public AttributeSet producedAttributes() {
        return org.apache.spark.sql.catalyst.expressions.AttributeSet$.MODULE$.apply(result);
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
        return "PackhorseEmbed";
    }

    @Override
    Object[] elements() {
        return new Object[] {embed, result, child()};
    }
}
