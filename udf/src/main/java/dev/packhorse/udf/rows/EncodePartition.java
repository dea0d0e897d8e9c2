package dev.packhorse.udf.rows;

import dev.packhorse.udf.metrics.EmbedMetrics;
import dev.packhorse.udf.metrics.RunAccumulator;
import java.util.Iterator;
import java.util.Optional;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/**
 * The second half of {@code --sort global}: tokenized rows in, sorted; result rows out. Immutable; the iterator that a call
 * gives is its task's alone. That throws {@link EmbedException} for a row without a vector where the settings say so.
 *
 * @param settings what tasks must know
 * @param accumulator gets what the task counts
 * @param metrics of the operator
 */
public record EncodePartition(EmbedSettings settings, RunAccumulator accumulator, EmbedMetrics metrics)
        implements MapPartitionsFunction<Row, Row> {

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        var task = TaskScope.open(settings, Optional.of(accumulator), metrics, "encode");
        var answers = new WindowEncoder(MappedIterator.of(rows, TokenizedColumns::fromRow), settings, task);
        var chunkRows = settings.longTexts().chunkRows();
        return MappedIterator.of(answers, answer -> OutputColumns.row(answer, chunkRows));
    }
}
