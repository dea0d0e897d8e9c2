package dev.packhorse.udf.sql;

import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import scala.Option;
import scala.collection.immutable.List;

/** Its child's rows with one more column: the {@link EmbedText#DETAILS details} of a text. Immutable. */
public final class EmbedRows extends UnaryLogical {

    private final EmbedText embed;
    private final Attribute result;

    /** @param result the new column */
    public EmbedRows(EmbedText embed, Attribute result, LogicalPlan child) {
        super(child);
        this.embed = embed;
        this.result = result;
    }

    EmbedText embed() {
        return embed;
    }

    Attribute result() {
        return result;
    }

    @Override
    LogicalPlan withChild(LogicalPlan child) {
        return new EmbedRows(embed, result, child);
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
    public Option<Object> maxRows() {
        return child().maxRows();
    }

    @Override
    public Option<Object> maxRowsPerPartition() {
        return child().maxRowsPerPartition();
    }

    @Override
    public Object[] elements() {
        return new Object[] {embed, result, child()};
    }
}
