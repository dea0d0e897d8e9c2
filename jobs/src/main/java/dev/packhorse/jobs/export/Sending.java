package dev.packhorse.jobs.export;

import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.Receipt.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What tasks have sent.
 *
 * @param sent of each task
 */
record Sending(List<SendTask.Sent> sent) {

    /** Copies the list. */
    Sending {
        sent = List.copyOf(sent);
    }

    /**
     * Sends what a store must be told, from the executors.
     *
     * @param taskRows rows for a task, about
     * @param slots tasks that run at a time
     */
    static Sending of(StoreDiff diff, SendTask task, int taskRows, int slots) {
        var sent = new ArrayList<SendTask.Sent>();
        var first = 0;
        if (diff.counts().sent() > 0) {
            var rows = partitioned(diff.rows(), diff.counts().sent(), taskRows, slots)
                    .queryExecution()
                    .toRdd()
                    .toJavaRDD();
            first = rows.getNumPartitions();
            sent.addAll(rows.mapPartitionsWithIndex(task, false).collect());
        }
        if (diff.counts().removed() > 0) {
            sent.addAll(partitioned(diff.deleted(), diff.counts().removed(), taskRows, slots)
                    .queryExecution()
                    .toRdd()
                    .toJavaRDD()
                    .mapPartitionsWithIndex(new SendTask.Deletes(task, first), false)
                    .collect());
        }
        return new Sending(sent);
    }

    /** Fewer partitions where there are many small ones: what a store does for a task it does not do for each hundred rows. */
    private static Dataset<Row> partitioned(Dataset<Row> rows, long count, int taskRows, int slots) {
        return rows.coalesce((int) Math.min(100_000, Math.max(slots, (count + taskRows - 1) / taskRows)));
    }

    List<Receipt> receipts() {
        return sent.stream().map(SendTask.Sent::receipt).toList();
    }

    long written() {
        return receipts().stream().mapToLong(Receipt::written).sum();
    }

    /** Rows that an attempt of a task had sent before it failed, and another did not send again. */
    long confirmed() {
        return sent.stream().mapToLong(SendTask.Sent::confirmed).sum();
    }

    long deleted() {
        return receipts().stream().mapToLong(Receipt::deleted).sum();
    }

    long refused() {
        return receipts().stream().mapToLong(Receipt::refusedRows).sum();
    }

    /** Some of the rows that the store has refused. */
    Stream<Refused> refusals() {
        return receipts().stream().flatMap(receipt -> receipt.refused().stream());
    }

    double encodeSeconds() {
        return sent.stream().mapToLong(SendTask.Sent::encodeNanos).sum() / 1e9;
    }

    double storeSeconds() {
        return sent.stream().mapToLong(SendTask.Sent::storeNanos).sum() / 1e9;
    }

    double taskSeconds() {
        return sent.stream().mapToLong(SendTask.Sent::nanos).sum() / 1e9;
    }

    /** The most of Arrow's memory that a task had at a time. */
    long peakBytes() {
        return sent.stream().mapToLong(SendTask.Sent::peakBytes).max().orElse(0);
    }
}
