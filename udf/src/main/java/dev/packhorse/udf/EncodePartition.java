package dev.packhorse.udf;

import dev.packhorse.udf.metrics.RunAccumulator;
import java.util.Iterator;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/** The second half of {@code --sort global}: tokenized rows in, sorted; result rows out. */
record EncodePartition(EmbedSettings settings, RunAccumulator accumulator) implements MapPartitionsFunction<Row, Row> {

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        var task = TaskScope.open(settings, accumulator, "encode");
        return new WindowEncoder(MappedIterator.of(rows, TokenizedColumns::fromRow), settings, task);
    }
}
