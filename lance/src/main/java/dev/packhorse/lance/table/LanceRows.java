package dev.packhorse.lance.table;

import dev.packhorse.stores.contract.StoredRows;
import dev.packhorse.stores.contract.VectorTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.util.Text;
import org.lance.Dataset;
import org.lance.Fragment;
import org.lance.ipc.LanceScanner;
import org.lance.ipc.ScanOptions;

/** The rows of a table's fragments, every n-th of which is a share. Not thread-safe. */
final class LanceRows implements StoredRows {

    private static final int BATCH_ROWS = 8192;

    private final LancePlace place;
    private final List<AutoCloseable> opened = new ArrayList<>(); // in the order of opening
    private Optional<ArrowReader> reader = Optional.empty();
    private int rows; // of the batch
    private int row;

    LanceRows(LancePlace place, int share, int shares) {
        this.place = place;
        try {
            var allocator = opened(new RootAllocator());
            Dataset dataset = opened(place.open(allocator));
            var fragments = dataset.getFragments().stream()
                    .map(Fragment::getId)
                    .filter(id -> id % shares == share)
                    .toList();
            if (!fragments.isEmpty()) { // a scan of no fragment would be one of all
                LanceScanner scanner = opened(dataset.newScan(new ScanOptions.Builder()
                        .fragmentIds(fragments)
                        .columns(List.of(VectorTable.ID, VectorTable.CONTENT_HASH))
                        .batchSize(BATCH_ROWS)
                        .build()));
                reader = Optional.of(opened(scanner.scanBatches()));
            }
        } catch (Exception | LinkageError e) {
            close();
            throw place.failure("read its rows", e);
        }
    }

    private <T extends AutoCloseable> T opened(T resource) {
        opened.add(resource);
        return resource;
    }

    @Override
    public boolean hasNext() {
        try {
            while (row == rows && reader.isPresent()) {
                if (!reader.get().loadNextBatch()) {
                    close();
                    return false;
                }
                rows = batch().getRowCount();
                row = 0;
            }
        } catch (Exception e) {
            throw place.failure("read its rows", e);
        }
        return row < rows;
    }

    @Override
    public Stored next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        var stored = new Stored(text(VectorTable.ID), text(VectorTable.CONTENT_HASH));
        row++;
        return stored;
    }

    private VectorSchemaRoot batch() throws IOException {
        return reader.orElseThrow().getVectorSchemaRoot();
    }

    private String text(String column) {
        try {
            return new Text(((VarCharVector) batch().getVector(column)).get(row)).toString();
        } catch (IOException e) {
            throw place.failure("read its rows", e);
        }
    }

    @Override
    public void close() {
        reader = Optional.empty();
        rows = 0;
        row = 0;
        while (!opened.isEmpty()) {
            try {
                opened.remove(opened.size() - 1).close();
            } catch (Exception e) {
                throw place.failure("let its rows go", e);
            }
        }
    }
}
