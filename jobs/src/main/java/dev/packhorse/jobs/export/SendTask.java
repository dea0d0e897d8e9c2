package dev.packhorse.jobs.export;

import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreWriter;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.contract.WriteTask;
import dev.packhorse.stores.rows.RowSender;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.sql.catalyst.InternalRow;

/** What a task does: it sends the rows of a partition to the store. Immutable. */
record SendTask(Store store, VectorTable table, String run, int batchRows)
        implements Function2<Integer, Iterator<InternalRow>, Iterator<SendTask.Sent>> {

    /**
     * What came of a partition.
     *
     * @param confirmed rows that an attempt before had sent, and the store had kept
     * @param encodeNanos time in which rows became Arrow
     * @param storeNanos time in which the store had them
     * @param nanos of the whole task, what Spark needed to read the rows included
     * @param peakBytes most of Arrow's memory at a time
     */
    record Sent(Receipt receipt, long confirmed, long encodeNanos, long storeNanos, long nanos, long peakBytes)
            implements Serializable {}

    @Override
    public Iterator<Sent> call(Integer partition, Iterator<InternalRow> rows) {
        var began = System.nanoTime();
        var context = TaskContext.get();
        var attempt = context.attemptNumber();
        var again = attempt > 0 || context.stageAttemptNumber() > 0;
        try (var writer = store.writer(table, new WriteTask(run, partition, attempt));
                var sender = new RowSender(table, batchRows, writer, again)) {
            sender.sendAll(rows);
            var receipt = sender.commit();
            return List.of(new Sent(
                            receipt,
                            sender.confirmed(),
                            sender.encodeNanos(),
                            sender.storeNanos(),
                            System.nanoTime() - began,
                            sender.peakBytes()))
                    .iterator();
        }
    }

    /** The same for ids to delete, in partitions behind those of rows. */
    record Deletes(SendTask task, int firstPartition)
            implements Function2<Integer, Iterator<InternalRow>, Iterator<Sent>> {

        @Override
        public Iterator<Sent> call(Integer partition, Iterator<InternalRow> ids) {
            var began = System.nanoTime();
            var attempt = TaskContext.get().attemptNumber();
            var place = new WriteTask(task.run(), firstPartition + partition, attempt);
            try (var writer = task.store().writer(task.table(), place)) {
                delete(writer, ids);
                var receipt = writer.commit();
                var nanos = System.nanoTime() - began;
                return List.of(new Sent(receipt, 0, 0, nanos, nanos, 0)).iterator();
            }
        }

        private void delete(StoreWriter writer, Iterator<InternalRow> ids) {
            var batch = new ArrayList<String>();
            while (ids.hasNext()) {
                batch.add(ids.next().getUTF8String(0).toString());
                if (batch.size() == task.batchRows() || !ids.hasNext()) {
                    writer.delete(List.copyOf(batch));
                    batch.clear();
                }
            }
        }
    }
}
