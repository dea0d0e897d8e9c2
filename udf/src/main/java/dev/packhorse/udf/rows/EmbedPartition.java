package dev.packhorse.udf.rows;

import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.EmbedMetrics;
import dev.packhorse.udf.metrics.RunAccumulator;
import java.util.Iterator;
import java.util.Optional;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/**
 * Source rows of a partition in, result rows out, in the same order: tokenizes and encodes window by window. Immutable; the
 * iterator that a call gives is its task's alone. That throws {@link EmbedException} for a row without a vector where the
 * settings say so.
 *
 * @param settings what tasks must know
 * @param accumulator gets what the task counts
 * @param metrics of the operator
 */
public record EmbedPartition(EmbedSettings settings, RunAccumulator accumulator, EmbedMetrics metrics)
        implements MapPartitionsFunction<Row, Row> {

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        var task = TaskScope.open(settings, Optional.of(accumulator), metrics, "embed");
        var tokenizer = new RowTokenizer(task.engine(), settings, task.counts());
        var source = new TimedIterator<>(rows, task.counts(), Count.READ_NANOS);
        var answers = new WindowEncoder(FlatIterator.of(source, tokenizer), settings, task);
        var chunkRows = settings.longTexts().chunkRows();
        return MappedIterator.of(answers, answer -> OutputColumns.row(answer, chunkRows));
    }
}
