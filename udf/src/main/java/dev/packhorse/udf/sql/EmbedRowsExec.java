package dev.packhorse.udf.sql;

import dev.packhorse.udf.metrics.EmbedMetrics;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.SortOrder;
import org.apache.spark.sql.catalyst.plans.physical.Partitioning;
import org.apache.spark.sql.catalyst.plans.physical.RoundRobinPartitioning;
import org.apache.spark.sql.catalyst.plans.physical.UnknownPartitioning;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.exchange.REPARTITION_BY_NUM$;
import org.apache.spark.sql.execution.exchange.ShuffleExchangeExec;
import org.apache.spark.sql.execution.metric.SQLMetric;
import scala.Option;
import scala.collection.immutable.List;
import scala.collection.immutable.Map;

/**
 * {@link EmbedRows}, carried out: each task embeds its partition's rows in windows and hands them on in their order.
 *
 * <p>Rows that come in fewer partitions than there are cores, such as those of one small file, are dealt out first: one core
 * would take long for what all of them are there for. Not where an operator below has put them in order or in place.
 * Thread-safe: its metrics are made once, for whoever asks first.
 */
public final class EmbedRowsExec extends UnaryPhysical {

    /** So many that the last ones to end do not leave the other cores idle for long. */
    private static final int TASKS_PER_CORE = 6;

    private final EmbedText embed;
    private final Attribute result;
    private final Dealing dealing;
    private transient EmbedMetrics metrics;

    /**
     * @param embed whose text is embedded
     * @param result the new column
     * @param dealing which rows may be dealt out
     */
    public EmbedRowsExec(EmbedText embed, Attribute result, Dealing dealing, SparkPlan child) {
        super(child);
        this.embed = embed;
        this.result = result;
        this.dealing = dealing;
    }

    @Override
    public RDD<InternalRow> doExecute() {
        var work = new EmbedRowsWork(
                embed.text(),
                embed.settings().withTextColumn(embed.text().sql()),
                Scala.list(Scala.java(child().output())),
                output(),
                embedMetrics());
        return rows().toJavaRDD().mapPartitions(work, true).rdd();
    }

    private RDD<InternalRow> rows() {
        var rows = child().execute();
        var slots = sparkContext().defaultParallelism() / sparkContext().conf().getInt("spark.task.cpus", 1);
        if (!mayDeal() || rows.getNumPartitions() >= slots) {
            return rows;
        }
        return new ShuffleExchangeExec(
                        new RoundRobinPartitioning(slots * TASKS_PER_CORE),
                        child(),
                        REPARTITION_BY_NUM$.MODULE$,
                        Option.empty())
                .execute();
    }

    private boolean mayDeal() {
        return child().outputOrdering().isEmpty() && dealing.of(child().outputPartitioning());
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
        return new EmbedRowsExec(embed, result, dealing, child);
    }

    @Override
    public List<Attribute> output() {
        return Scala.with(child().output(), result);
    }

    @Override
    public AttributeSet producedAttributes() {
        return org.apache.spark.sql.catalyst.expressions.AttributeSet$.MODULE$.apply(result);
    }

    /** Where rows may be dealt out, the partitions are not known before they are. */
    @Override
    public Partitioning outputPartitioning() {
        return mayDeal() ? new UnknownPartitioning(0) : child().outputPartitioning();
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
    public Object[] elements() {
        return new Object[] {embed, result, dealing, child()};
    }
}
