package dev.packhorse.jobs.audit;

import dev.packhorse.jobs.target.TargetColumns;
import dev.packhorse.udf.PackhorseFunctions;
import dev.packhorse.udf.rows.OutputColumns;
import dev.packhorse.udf.rows.TextColumns;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * One pass over all rows: counts, dimension, finite values, lengths; and one over their keys.
 *
 * @param dimension D
 * @param normalized whether vectors have length 1
 * @param tolerance how far from 1 that may be
 */
record VectorScan(Dataset<Row> rows, int dimension, boolean normalized, double tolerance) {

    private static final Column VECTOR = functions.col(OutputColumns.EMBEDDING);

    /** @param expected rows, where each text is one: without further chunks */
    List<Check> check(long expected) {
        var counts = rows.agg(
                        count(first()),
                        count(first().and(VECTOR.isNotNull())),
                        count(first().and(functions.col(OutputColumns.ERROR).isNotNull())),
                        count(neither()),
                        count(wrongDimension()),
                        count(notFinite()),
                        count(wrongLength()),
                        functions.min(length()),
                        functions.max(length()))
                .first();
        var all = counts.getLong(0);
        var vectors = counts.getLong(1);
        var errors = counts.getLong(2);
        return List.of(
                new Check(
                        "rows",
                        all == expected && vectors == expected - errors && counts.getLong(3) == 0,
                        String.format(
                                Locale.ROOT,
                                "expected %,d, a vector or an error each, found %,d with %,d vectors and %,d errors",
                                expected,
                                all,
                                vectors,
                                errors),
                        ids(counts.getLong(3), neither())),
                duplicates(),
                new Check(
                        "dimension",
                        counts.getLong(4) == 0,
                        "expected %d numbers, found others in %,d vectors".formatted(dimension, counts.getLong(4)),
                        ids(counts.getLong(4), wrongDimension())),
                new Check(
                        "finite values",
                        counts.getLong(5) == 0,
                        "expected finite numbers, found others in %,d vectors".formatted(counts.getLong(5)),
                        ids(counts.getLong(5), notFinite())),
                new Check(
                        "norms",
                        counts.getLong(6) == 0,
                        String.format(
                                Locale.ROOT,
                                "expected %s, found others in %,d vectors%s",
                                normalized ? "lengths of 1 within " + tolerance : "lengths above 0",
                                counts.getLong(6),
                                counts.isNullAt(7)
                                        ? ""
                                        : String.format(
                                                Locale.ROOT,
                                                "; they are from %.6f to %.6f",
                                                counts.getDouble(7),
                                                counts.getDouble(8))),
                        ids(counts.getLong(6), wrongLength())));
    }

    private Column first() {
        return isChunked() ? functions.col(OutputColumns.CHUNK).equalTo(0) : functions.lit(true);
    }

    private boolean isChunked() {
        return List.of(rows.columns()).contains(OutputColumns.CHUNK);
    }

    private static Column count(Column condition) {
        return functions.count(functions.when(condition, 1));
    }

    private static Column neither() {
        return VECTOR.isNull().equalTo(functions.col(OutputColumns.ERROR).isNull());
    }

    private Column wrongDimension() {
        return VECTOR.isNotNull().and(functions.size(VECTOR).notEqual(dimension));
    }

    /** Null where there is no vector, or one that holds a null or has no numbers. */
    private static Column length() {
        return functions.sqrt(PackhorseFunctions.dotProduct(VECTOR, VECTOR));
    }

    private static Column notFinite() {
        return VECTOR.isNotNull()
                .and(length().isNull().or(functions.isnan(length())).or(length().equalTo(Double.POSITIVE_INFINITY)));
    }

    private Column wrongLength() {
        var wrong = normalized ? functions.abs(length().minus(1.0)).gt(tolerance) : length().leq(0.0);
        return VECTOR.isNotNull().and(wrong);
    }

    private List<String> ids(long count, Column condition) {
        return count == 0 ? List.of() : ids(rows.filter(condition));
    }

    static List<String> ids(Dataset<Row> rows) {
        return rows
                .select(functions.col(OutputColumns.ID).cast(DataTypes.StringType))
                .limit(Check.MOST_IDS)
                .collectAsList()
                .stream()
                .map(row -> String.valueOf(row.getString(0)))
                .toList();
    }

    private Check duplicates() {
        var keys = TargetColumns.keys(List.of(rows.columns()));
        var repeated = rows.filter(functions.col(OutputColumns.ID).isNotNull())
                .groupBy(keys.stream().map(TextColumns::quoted).toArray(Column[]::new))
                .count()
                .filter("count > 1");
        var found = ids(repeated);
        return new Check(
                "duplicate ids",
                found.isEmpty(),
                "expected each id once, found %s more than once"
                        .formatted(found.isEmpty() ? "none" : found.size() < Check.MOST_IDS ? found.size() : "many"),
                found);
    }
}
