package dev.packhorse.lance.table;

import dev.packhorse.lance.shape.IndexPlan;
import dev.packhorse.stores.contract.IndexKind;
import dev.packhorse.stores.contract.Metric;
import dev.packhorse.stores.contract.VectorTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lance.Dataset;
import org.lance.index.DistanceType;
import org.lance.index.IndexOptions;
import org.lance.index.IndexParams;
import org.lance.index.IndexType;
import org.lance.index.OptimizeOptions;
import org.lance.index.vector.HnswBuildParams;
import org.lance.index.vector.IvfBuildParams;
import org.lance.index.vector.PQBuildParams;
import org.lance.index.vector.SQBuildParams;
import org.lance.index.vector.VectorIndexParams;

/**
 * Builds a table's index over its vectors: IVF_HNSW_SQ or IVF_PQ. An index that is there already takes the new rows in; it is
 * built anew where it was asked for otherwise, or where the table has grown to twice the rows that its cells were made for.
 */
final class LanceIndex {

    /** Rows of a cell, as Lance recommends: with graphs within the cells, fewer cells are better. */
    private static final int HNSW_CELL = 1 << 20;

    private static final int PQ_CELL = 8192;

    private static final int NUMBERS_OF_A_CODE = 8;

    private static final String PLANNED = "packhorse_index";
    private static final String ROWS = "packhorse_index_rows";

    private final LancePlace place;
    private final IndexPlan plan;
    private final VectorTable table;
    private final Dataset dataset;

    /** @param dataset stays the caller's */
    LanceIndex(LancePlace place, IndexPlan plan, VectorTable table, Dataset dataset) {
        this.place = place;
        this.plan = plan;
        this.table = table;
        this.dataset = dataset;
    }

    void build() {
        var rows = dataset.countRows();
        if (plan.kind() == IndexKind.NONE || rows < IndexPlan.LEAST_ROWS) {
            return;
        }
        if (isThere(rows)) {
            dataset.optimizeIndices(OptimizeOptions.builder()
                    .indexNames(List.of(IndexPlan.NAME))
                    .build());
            return;
        }
        var parameters =
                IndexParams.builder().setVectorIndexParams(parameters(rows)).build();
        dataset.createIndex(IndexOptions.builder(List.of(VectorTable.VECTOR), IndexType.VECTOR, parameters)
                .withIndexName(IndexPlan.NAME)
                .replace(true)
                .build());
        LanceConfig.set(place, dataset, Map.of(PLANNED, planned(), ROWS, String.valueOf(rows)), Map.of());
    }

    private boolean isThere(long rows) {
        var config = dataset.getConfig();
        return dataset.listIndexes().contains(IndexPlan.NAME)
                && planned().equals(config.get(PLANNED))
                && rows
                        < 2
                                * Optional.ofNullable(config.get(ROWS))
                                        .map(Long::parseLong)
                                        .orElse(0L);
    }

    private String planned() {
        return switch (plan.kind()) {
            case NONE -> "";
            case HNSW -> "hnsw %s m=%d ef=%d".formatted(table.metric().id(), plan.m(), plan.efConstruction());
            case IVF_PQ -> "ivf-pq %s".formatted(table.metric().id());
        };
    }

    private VectorIndexParams parameters(long rows) {
        var distance = distance(table.metric());
        return switch (plan.kind()) {
            case NONE -> throw new IllegalStateException("there is no index to build");
            case HNSW ->
                VectorIndexParams.withIvfHnswSqParams(
                        distance,
                        cells(rows, HNSW_CELL),
                        new HnswBuildParams.Builder()
                                .setM(plan.m())
                                .setEfConstruction(plan.efConstruction())
                                .build(),
                        new SQBuildParams.Builder().build());
            case IVF_PQ ->
                VectorIndexParams.withIvfPqParams(
                        distance,
                        cells(rows, PQ_CELL),
                        new PQBuildParams.Builder()
                                .setNumSubVectors(codes(table.dimension()))
                                .build());
        };
    }

    private static IvfBuildParams cells(long rows, int ofACell) {
        return new IvfBuildParams.Builder()
                .setNumPartitions((int) Math.max(1, rows / ofACell))
                .build();
    }

    /** Codes of a vector: one for eight numbers, or for as few more as divide the dimension. */
    static int codes(int dimension) {
        var codes = Math.max(1, dimension / NUMBERS_OF_A_CODE);
        while (dimension % codes != 0) {
            codes--;
        }
        return codes;
    }

    static DistanceType distance(Metric metric) {
        return switch (metric) {
            case COSINE -> DistanceType.Cosine;
            case DOT -> DistanceType.Dot;
            case L2 -> DistanceType.L2;
        };
    }
}
