package dev.packhorse.udf;

import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.RunAccumulator;
import java.util.Iterator;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/** Source rows of a partition in, result rows out, in the same order: tokenizes and encodes window by window. */
record EmbedPartition(EmbedSettings settings, RunAccumulator accumulator) implements MapPartitionsFunction<Row, Row> {

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        var task = TaskScope.open(settings, accumulator, "embed");
        var tokenizer = new RowTokenizer(task.engine(), settings, task.counts());
        var source = new TimedIterator<>(rows, task.counts(), Count.READ_NANOS);
        return new WindowEncoder(FlatIterator.of(source, tokenizer), settings, task);
    }
}
