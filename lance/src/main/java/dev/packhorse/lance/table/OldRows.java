package dev.packhorse.lance.table;

import dev.packhorse.stores.contract.VectorTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.lance.Dataset;
import org.lance.file.LanceFileReader;
import org.lance.ipc.ScanOptions;

/**
 * Finds the rows of a table whose ids new files have too. Only ids are read: those of the new files some millions at a time,
 * and for each time those of the table once. What it holds is a bit for each row of the table, and the ids of one time.
 */
final class OldRows {

    private static final int IDS_AT_A_TIME = 1 << 21; // 64 MB of memory

    private static final int BATCH_ROWS = 8192;

    private final LancePlace place;
    private final BufferAllocator allocator;
    private final Dataset dataset;
    private final List<Integer> fragments;
    private final Map<Integer, BitSet> found = new TreeMap<>();
    private final IdSet ids;

    /**
     * All that it is given stays the caller's.
     *
     * @param fragments those looked at
     * @param idsAtATime at least 1
     */
    OldRows(LancePlace place, BufferAllocator allocator, Dataset dataset, List<Integer> fragments, int idsAtATime) {
        this.place = place;
        this.allocator = allocator;
        this.dataset = dataset;
        this.fragments = fragments;
        this.ids = new IdSet(idsAtATime);
    }

    /** How many ids to look for at a time. */
    static int idsAtATime(long newRows) {
        return (int) Math.max(1, Math.min(newRows, IDS_AT_A_TIME));
    }

    /**
     * The rows, by fragment, counted from 0 within it.
     *
     * @param files whose ids are looked for
     */
    Map<Integer, BitSet> find(List<NewFile> files) throws Exception {
        if (fragments.isEmpty()) {
            return found; // a scan of no fragment would be one of all
        }
        for (var file : files) {
            try (var reader = LanceFileReader.open(place.dataFile(file.name()), place.storage(), allocator);
                    var batches = reader.readAll(List.of(VectorTable.ID), null, BATCH_ROWS)) {
                while (batches.loadNextBatch()) {
                    add(batches);
                }
            }
        }
        if (!ids.isEmpty()) {
            look();
        }
        return found;
    }

    private void add(ArrowReader batches) throws Exception {
        var root = batches.getVectorSchemaRoot();
        var column = (VarCharVector) root.getVector(VectorTable.ID);
        for (var row = 0; row < root.getRowCount(); row++) {
            if (ids.isFull()) {
                look();
                ids.clear();
            }
            ids.add(column, row);
        }
    }

    private void look() throws Exception {
        var options = new ScanOptions.Builder()
                .fragmentIds(new ArrayList<>(fragments))
                .columns(List.of(VectorTable.ID))
                .withRowAddress(true)
                .batchSize(BATCH_ROWS)
                .build();
        try (var scanner = dataset.newScan(options);
                var batches = scanner.scanBatches()) {
            while (batches.loadNextBatch()) {
                var root = batches.getVectorSchemaRoot();
                var column = (VarCharVector) root.getVector(VectorTable.ID);
                var addresses = (UInt8Vector) root.getVector("_rowaddr");
                for (var row = 0; row < root.getRowCount(); row++) {
                    if (ids.contains(column, row)) {
                        // the fragment in the upper half, the row within it in the lower
                        var address = addresses.get(row);
                        found.computeIfAbsent((int) (address >>> 32), fragment -> new BitSet())
                                .set((int) address);
                    }
                }
            }
        }
    }
}
