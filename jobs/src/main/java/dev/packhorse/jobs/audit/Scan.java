package dev.packhorse.jobs.audit;

import dev.packhorse.jobs.shuffle.RowKeys;
import dev.packhorse.jobs.targets.TargetColumns;
import dev.packhorse.udf.rows.OutputColumns;
import dev.packhorse.udf.rows.TextColumns;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * All that an audit wants of a table's rows, found in one pass over their vectors, for that is what an audit costs.
 *
 * @param rows of texts, further chunks left out
 * @param vectors of those
 * @param errors of those
 * @param ambiguous rows with a vector and an error, or neither
 * @param otherDimension vectors that have not D numbers
 * @param notFinite vectors with numbers that are not finite
 * @param otherLength vectors whose length is not as it should be
 * @param least of the vectors' lengths; empty without vectors
 * @param greatest of the vectors' lengths; empty without vectors
 * @param untouched rows with other ids than those that a run touched, and hashes over them
 * @param some vectors, by id as text: those that were asked for; of a text with chunks the first one's
 */
record Scan(
        long rows,
        long vectors,
        long errors,
        long ambiguous,
        long otherDimension,
        long notFinite,
        long otherLength,
        Optional<Double> least,
        Optional<Double> greatest,
        List<Object> untouched,
        Map<String, List<Float>> some) {

    static final String HASH = "__packhorse_hash";

    private static final String TOUCHED = "__packhorse_touched";
    private static final String IS_TOUCHED = "__packhorse_is_touched";
    private static final String ASKED = "__packhorse_asked";

    /**
     * What vectors should be like.
     *
     * @param dimension D
     * @param normalized whether they have length 1
     * @param tolerance how far from 1 that may be
     */
    record Wanted(int dimension, boolean normalized, double tolerance) {}

    /**
     * Reads all rows once.
     *
     * @param touched ids of rows that are not hashed: a column {@code id}
     * @param asked ids, as text, of rows whose vectors are wanted
     */
    static Scan of(Dataset<Row> table, Dataset<Row> touched, Set<String> asked, Wanted wanted) {
        var columns = List.of(table.columns());
        var first = TargetColumns.isFirst(columns);
        var id = functions.col(OutputColumns.ID);
        // not a list in the query itself, which Spark would write into its logs
        var isAsked = functions
                .udf((UDF1<String, Boolean>) asked::contains, DataTypes.BooleanType)
                .apply(functions.coalesce(id.cast(DataTypes.StringType), functions.lit("")));
        var vector = functions.when(
                first.and(Rows.hasVector()).and(isAsked),
                functions.struct(id.cast(DataTypes.StringType), functions.col(OutputColumns.EMBEDDING)));
        var seen = Rows.measured(hashed(table)).withColumn(ASKED, vector);
        var ids = touched.select(id.as(TOUCHED)).distinct().withColumn(IS_TOUCHED, functions.lit(true));
        var marked = seen.select(
                        id,
                        functions.col(HASH),
                        functions.col(ASKED),
                        functions.col(Rows.LENGTH),
                        first.as("first"),
                        Rows.hasVector().as("vector"),
                        Rows.hasError().as("error"),
                        Rows.isAmbiguous().as("ambiguous"),
                        Rows.hasOtherDimension(wanted.dimension()).as("other_dimension"),
                        Rows.isNotFinite().as("not_finite"),
                        Rows.hasOtherLength(wanted.normalized(), wanted.tolerance())
                                .as("other_length"))
                .join(ids, id.equalTo(functions.col(TOUCHED)), "left_outer");
        var untouched =
                functions.when(id.isNotNull().and(functions.col(IS_TOUCHED).isNull()), functions.col(HASH));
        var totals = marked.withColumn(HASH, untouched)
                .agg(
                        count("first"),
                        count("first AND vector"),
                        count("first AND error"),
                        count("ambiguous"),
                        count("other_dimension"),
                        count("not_finite"),
                        count("other_length"),
                        functions.min(Rows.LENGTH),
                        functions.max(Rows.LENGTH),
                        functions.count(HASH),
                        functions.expr("bit_xor(%s)".formatted(HASH)),
                        functions.expr(
                                "sum(shiftright(%s, 32))".formatted(HASH)), // two equal hashes cancel each other above
                        functions.collect_list(ASKED))
                .first();
        return new Scan(
                totals.getLong(0),
                totals.getLong(1),
                totals.getLong(2),
                totals.getLong(3),
                totals.getLong(4),
                totals.getLong(5),
                totals.getLong(6),
                Optional.ofNullable((Double) totals.get(7)),
                Optional.ofNullable((Double) totals.get(8)),
                List.of(totals.get(9), Optional.ofNullable(totals.get(10)), Optional.ofNullable(totals.get(11))),
                vectors(totals.getList(12)));
    }

    private static Column count(String condition) {
        return functions.count(functions.when(functions.expr(condition), 1));
    }

    /** Rows with a hash over all that they have. */
    static Dataset<Row> hashed(Dataset<Row> table) {
        var rest = List.of(table.columns()).stream()
                .filter(name -> !name.equals(OutputColumns.ID) && !name.equals(OutputColumns.TEXT_HASH))
                .toList();
        var all = new TextColumns(OutputColumns.ID, OutputColumns.TEXT_HASH, Optional.empty(), rest);
        return table.withColumn(HASH, RowKeys.check(all, table.schema()));
    }

    private static Map<String, List<Float>> vectors(List<Row> asked) {
        var vectors = new HashMap<String, List<Float>>();
        asked.forEach(row -> vectors.put(row.getString(0), row.getList(1)));
        return vectors;
    }

    long untouchedRows() {
        return (Long) untouched.get(0);
    }
}
