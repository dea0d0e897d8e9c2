package dev.packhorse.lance.table;

import dev.packhorse.lance.shape.IndexPlan;
import dev.packhorse.stores.contract.VectorSearch;
import dev.packhorse.stores.contract.VectorTable;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.lance.Dataset;
import org.lance.ipc.Query;
import org.lance.ipc.ScanOptions;

/** Searches a table as it was when this was opened. Rows that no index has yet are found too. Not thread-safe. */
final class LanceSearch implements VectorSearch {

    private final LancePlace place;
    private final IndexPlan plan;
    private final VectorTable table;
    private final RootAllocator allocator = new RootAllocator();
    private final Dataset dataset;
    private boolean closed;

    LanceSearch(LancePlace place, IndexPlan plan, VectorTable table) {
        this.place = place;
        this.plan = plan;
        this.table = table;
        try {
            this.dataset = place.open(allocator);
        } catch (Exception | LinkageError e) {
            allocator.close();
            throw place.failure("read it", e);
        }
    }

    @Override
    public List<String> nearest(float[] vector, int k) {
        var options = new ScanOptions.Builder()
                .columns(List.of(VectorTable.ID, "_distance"))
                .nearest(query(vector, k))
                .build();
        try (var scanner = dataset.newScan(options);
                var batches = scanner.scanBatches()) {
            var ids = new ArrayList<String>(k);
            while (batches.loadNextBatch()) {
                var root = batches.getVectorSchemaRoot();
                var column = (VarCharVector) root.getVector(VectorTable.ID);
                for (var row = 0; row < root.getRowCount(); row++) {
                    ids.add(column.getObject(row).toString());
                }
            }
            return ids;
        } catch (Exception e) {
            throw place.failure("search it", e);
        }
    }

    private Query query(float[] vector, int k) {
        var query = new Query.Builder()
                .setColumn(VectorTable.VECTOR)
                .setKey(vector)
                .setK(k)
                .setDistanceType(LanceIndex.distance(table.metric()));
        return switch (plan.kind()) {
            case NONE -> query.setUseIndex(false).build();
            case HNSW ->
                query.setEf(plan.candidates(k))
                        .setMinimumNprobes(IndexPlan.PROBES)
                        .setRefineFactor(plan.refine())
                        .build();
            case IVF_PQ ->
                query.setMinimumNprobes(IndexPlan.PROBES)
                        .setRefineFactor(plan.refine())
                        .build();
        };
    }

    @Override
    public long rows() {
        try {
            return dataset.countRows();
        } catch (Exception e) {
            throw place.failure("count its rows", e);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        dataset.close();
        allocator.close();
    }
}
