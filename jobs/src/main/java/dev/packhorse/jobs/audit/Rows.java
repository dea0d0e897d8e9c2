package dev.packhorse.jobs.audit;

import dev.packhorse.jobs.targets.TargetColumns;
import dev.packhorse.udf.PackhorseFunctions;
import dev.packhorse.udf.rows.OutputColumns;
import dev.packhorse.udf.rows.TextColumns;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/** What is asked of rows of a target, as columns. Thread-safe: it has no state. */
final class Rows {

    /** The length of a row's vector, double; null where there is no vector, or one that holds a null or no numbers. */
    static final String LENGTH = "__packhorse_length";

    private static final Column VECTOR = functions.col(OutputColumns.EMBEDDING);

    private Rows() {}

    /** Rows with {@link #LENGTH}. */
    static Dataset<Row> measured(Dataset<Row> rows) {
        return rows.withColumn(LENGTH, functions.sqrt(PackhorseFunctions.dotProduct(VECTOR, VECTOR)));
    }

    static Column hasVector() {
        return VECTOR.isNotNull();
    }

    static Column hasError() {
        return functions.col(OutputColumns.ERROR).isNotNull();
    }

    /** Whether it has a vector and an error, or neither. */
    static Column isAmbiguous() {
        return hasVector().equalTo(hasError());
    }

    static Column hasOtherDimension(int dimension) {
        return hasVector().and(functions.size(VECTOR).notEqual(dimension));
    }

    static Column isNotFinite() {
        var length = functions.col(LENGTH);
        return hasVector()
                .and(length.isNull().or(functions.isnan(length)).or(length.equalTo(Double.POSITIVE_INFINITY)));
    }

    /** @param normalized whether lengths should be 1, within the tolerance, or above 0 */
    static Column hasOtherLength(boolean normalized, double tolerance) {
        var length = functions.col(LENGTH);
        return hasVector().and(normalized ? functions.abs(length.minus(1.0)).gt(tolerance) : length.leq(0.0));
    }

    /** The columns by which a row is known. */
    static Column[] keys(List<String> columns) {
        return TargetColumns.keys(columns).stream().map(TextColumns::quoted).toArray(Column[]::new);
    }

    /** Some ids, as text. */
    static List<String> ids(Dataset<Row> rows) {
        return rows
                .select(functions.col(OutputColumns.ID).cast(DataTypes.StringType))
                .limit(Check.MOST_IDS)
                .collectAsList()
                .stream()
                .map(row -> String.valueOf(row.getString(0)))
                .toList();
    }
}
