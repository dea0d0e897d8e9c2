package dev.packhorse.udf.sql;

import dev.packhorse.udf.metrics.EmbedMetrics;
import dev.packhorse.udf.rows.EmbedSettings;
import dev.packhorse.udf.rows.MappedIterator;
import dev.packhorse.udf.rows.RowEmbedder;
import java.util.Iterator;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.unsafe.types.UTF8String;
import scala.collection.immutable.List;

/**
 * What a task of {@link EmbedRowsExec} does.
 *
 * @param text to be embedded, of the columns of input
 * @param input columns of the rows that come
 * @param output columns of the rows that go
 */
record EmbedRowsWork(
        Expression text, EmbedSettings settings, List<Attribute> input, List<Attribute> output, EmbedMetrics metrics)
        implements FlatMapFunction<Iterator<InternalRow>, InternalRow> {

    @Override
    public Iterator<InternalRow> call(Iterator<InternalRow> rows) {
        var asUnsafe = projection(Scala.list(Scala.java(input)), input);
        var textOf = projection(Scala.one(text), input);
        var joined = projection(Scala.list(Scala.java(output)), output);
        var pair = new JoinedRow();
        var embedded = RowEmbedder.embed(
                MappedIterator.of(rows, row -> (row instanceof UnsafeRow unsafe ? unsafe : asUnsafe.apply(row)).copy()),
                row -> text(textOf.apply(row)),
                settings,
                metrics);
        return MappedIterator.of(
                embedded,
                one -> joined.apply(
                        pair.apply(one.row(), new GenericInternalRow(new Object[] {EmbedText.struct(one)}))));
    }

    private static Optional<String> text(UnsafeRow row) {
        return row.isNullAt(0)
                ? Optional.empty()
                : Optional.of(row.getUTF8String(0)).map(UTF8String::toString);
    }

    private static UnsafeProjection projection(List<? extends Expression> expressions, List<Attribute> input) {
        var projection = UnsafeProjection.create(
                Scala.list(
                        Scala.java(expressions).stream().<Expression>map(e -> e).toList()),
                input);
        projection.initialize(TaskContext.getPartitionId());
        return projection;
    }
}
