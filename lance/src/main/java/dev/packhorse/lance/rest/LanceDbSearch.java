package dev.packhorse.lance.rest;

import dev.packhorse.lance.shape.IndexPlan;
import dev.packhorse.stores.contract.VectorSearch;
import dev.packhorse.stores.contract.VectorTable;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;

/** Searches a server's table. Not thread-safe. */
final class LanceDbSearch implements VectorSearch {

    private final RestTable server;
    private final IndexPlan plan;
    private final VectorTable table;

    LanceDbSearch(RestPlace place, IndexPlan plan, VectorTable table) {
        this.server = new RestTable(place);
        this.plan = plan;
        this.table = table;
    }

    @Override
    public List<String> nearest(float[] vector, int k) {
        var query = RestAnswer.JSON
                .createObjectNode()
                .put("k", k)
                .put("vector_column", VectorTable.VECTOR)
                .put("distance_type", table.metric().id());
        var numbers = query.putObject("vector").putArray("single_vector");
        for (var number : vector) {
            numbers.add(number);
        }
        query.putObject("columns").putArray("column_names").add(VectorTable.ID).add("_distance");
        switch (plan.kind()) {
            case NONE -> query.put("bypass_vector_index", true);
            case HNSW ->
                query.put("nprobes", IndexPlan.PROBES)
                        .put("refine_factor", plan.refine())
                        .put("ef", plan.candidates(k));
            case IVF_PQ -> query.put("nprobes", IndexPlan.PROBES).put("refine_factor", plan.refine());
        }
        var ids = new ArrayList<String>(k);
        try (var allocator = new RootAllocator()) {
            server.query(query, allocator, batch -> {
                var id = (VarCharVector) batch.getVector(VectorTable.ID);
                for (var row = 0; row < batch.getRowCount(); row++) {
                    ids.add(id.getObject(row).toString());
                }
            });
        }
        return ids;
    }

    @Override
    public long rows() {
        return server.rows();
    }

    @Override
    public void close() {} // nothing is open between two questions
}
