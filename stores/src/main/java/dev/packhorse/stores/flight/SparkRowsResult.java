package dev.packhorse.stores.flight;

import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.rows.RowBatch;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * A result whose parts are rows of Spark; a batch of them is in Arrow's memory at a time.
 *
 * @param rows how many there are; -1 where that is not known
 * @param batchRows rows of a batch
 * @param parts gives the rows of a part, of the table's columns in order, each time it is asked; on any thread
 */
public record SparkRowsResult(
        String name,
        VectorTable table,
        int partitions,
        long rows,
        int batchRows,
        IntFunction<Iterator<InternalRow>> parts)
        implements FlightResult {

    @Override
    public void read(int partition, Consumer<VectorSchemaRoot> sink) {
        var iterator = parts.apply(partition);
        try (var allocator = new RootAllocator();
                var batch = new RowBatch(table, allocator, batchRows)) {
            while (iterator.hasNext()) {
                batch.add(iterator.next());
                if (batch.isFull()) {
                    sink.accept(batch.root());
                    batch.clear();
                }
            }
            if (batch.rows() > 0) {
                sink.accept(batch.root());
            }
        }
    }
}
