package dev.packhorse.jobs.export;

import dev.packhorse.jobs.export.ExportSource.State;
import dev.packhorse.jobs.outcome.ExitCode;
import dev.packhorse.jobs.outcome.JobException;
import dev.packhorse.stores.contract.Metric;
import dev.packhorse.stores.contract.VectorTable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What is said of rows as a whole, found out from some of them. */
final class TableOfRows {

    /** Looked at for their dimension and length. */
    private static final int SOME = 1000;

    /** How far from 1 a length may be. */
    private static final double TOLERANCE = 1e-3;

    private TableOfRows() {}

    /**
     * The table of rows that have a vector.
     *
     * @throws JobException when there is none
     */
    static VectorTable of(String from, State state, ExportColumns columns, Dataset<Row> rows, Metric metric) {
        var vectors = rows.select(VectorTable.VECTOR)
                .filter("vector IS NOT NULL")
                .limit(SOME)
                .collectAsList();
        if (vectors.isEmpty()) {
            throw new JobException(
                    ExitCode.SOURCE_UNREADABLE, "--from %s: expected rows with vectors, found none".formatted(from));
        }
        var dimension = vectors.get(0).<Float>getList(0).size();
        var normalized = vectors.stream().allMatch(row -> isNormalized(row.getList(0)));
        return new VectorTable(state.model(), state.revision(), dimension, metric, normalized, columns.carried());
    }

    private static boolean isNormalized(java.util.List<Float> vector) {
        var square = 0.0;
        for (var number : vector) {
            square += number == null ? Double.NaN : (double) number * number;
        }
        return Math.abs(Math.sqrt(square) - 1) <= TOLERANCE;
    }
}
