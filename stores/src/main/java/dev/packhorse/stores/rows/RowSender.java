package dev.packhorse.stores.rows;

import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.StoreWriter;
import dev.packhorse.stores.contract.VectorTable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Sends rows of Spark to a store, a batch at a time. Memory is that of one batch, whatever the number of rows. Not
 * thread-safe: one task's.
 */
public final class RowSender implements AutoCloseable {

    /** A batch of long texts is sent before it is full. */
    private static final long MOST_TEXT_BYTES = 64L << 20;

    private final StoreWriter writer;
    private final boolean again;
    private final int batchRows;
    private final RootAllocator allocator = new RootAllocator();
    private final RowBatch batch;
    private long confirmed;
    private long encodeNanos;
    private long storeNanos;

    /**
     * @param batchRows rows at a time
     * @param writer stays the caller's
     * @param again whether an attempt before may have sent some: what the store confirms is not sent again
     */
    public RowSender(VectorTable table, int batchRows, StoreWriter writer, boolean again) {
        this.writer = writer;
        this.again = again;
        this.batchRows = batchRows;
        try {
            this.batch = new RowBatch(table, allocator, batchRows);
        } catch (RuntimeException | Error e) {
            allocator.close();
            throw e;
        }
    }

    /** @param rows with the columns of {@link VectorTable#schema} in order; a row is used until the next is asked for */
    public void sendAll(Iterator<InternalRow> rows) {
        if (again) {
            sendUnconfirmed(rows);
            return;
        }
        while (rows.hasNext()) {
            add(rows.next());
        }
        flush();
    }

    private void sendUnconfirmed(Iterator<InternalRow> rows) {
        var window = new ArrayList<InternalRow>(batchRows);
        while (rows.hasNext()) {
            window.add(rows.next().copy());
            if (window.size() == batchRows || !rows.hasNext()) {
                sendUnconfirmed(window);
                window.clear();
            }
        }
    }

    private void sendUnconfirmed(List<InternalRow> window) {
        var known = writer.confirmed(
                window.stream().map(row -> row.getUTF8String(0).toString()).toList());
        for (var row : window) {
            var hash = known.get(row.getUTF8String(0).toString());
            if (hash != null && hash.equals(row.getUTF8String(2).toString())) {
                confirmed++;
            } else {
                add(row);
            }
        }
        flush();
    }

    private void add(InternalRow row) {
        var began = System.nanoTime();
        batch.add(row);
        encodeNanos += System.nanoTime() - began;
        if (batch.isFull() || batch.textBytes() > MOST_TEXT_BYTES) {
            flush();
        }
    }

    private void flush() {
        if (batch.rows() > 0) {
            var began = System.nanoTime();
            var root = batch.root();
            var encoded = System.nanoTime();
            writer.write(root);
            var written = System.nanoTime();
            batch.clear();
            encodeNanos += encoded - began + System.nanoTime() - written;
            storeNanos += written - encoded;
        }
    }

    /** Makes sure that the store keeps what was sent. */
    public Receipt commit() {
        var began = System.nanoTime();
        var receipt = writer.commit();
        storeNanos += System.nanoTime() - began;
        return receipt;
    }

    /** Rows that were not sent, for the store had confirmed them. */
    public long confirmed() {
        return confirmed;
    }

    /** Time in which rows became Arrow. */
    public long encodeNanos() {
        return encodeNanos;
    }

    /** Time in which the store had them. */
    public long storeNanos() {
        return storeNanos;
    }

    /** The most of Arrow's memory that was in use at a time. */
    public long peakBytes() {
        return allocator.getPeakMemoryAllocation();
    }

    /** Fails where memory was not given back. */
    @Override
    public void close() {
        batch.close();
        allocator.close();
    }
}
