package dev.packhorse.jobs.audit;

import dev.packhorse.udf.PackhorseFunctions;
import dev.packhorse.udf.rows.OutputColumns;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * How near the new vectors of changed texts are to the old ones. An edit leaves most of a text's meaning: where most vectors
 * are somewhere else altogether, the source has put other texts under its ids, or the encoder computes something else.
 */
final class Drift {

    private static final String NAME = "drift";

    /** So many texts tell the distribution. */
    private static final int MOST = 10_000;

    private static final int ENOUGH = 20;
    private static final String COSINE = "__packhorse_cosine";
    private static final String OLD = "__packhorse_old";

    private Drift() {}

    static Check check(Dataset<Row> before, Dataset<Row> candidate, Dataset<Row> changed, Limits limits) {
        var id = functions.col(OutputColumns.ID);
        var some = changed.select(id).orderBy(functions.xxhash64(id)).limit(MOST);
        var old = vectors(before, some).withColumnRenamed(OutputColumns.EMBEDDING, OLD);
        var cosines = vectors(candidate, some)
                .join(old, OutputColumns.ID)
                .select(
                        id,
                        PackhorseFunctions.cosineSimilarity(functions.col(OutputColumns.EMBEDDING), functions.col(OLD))
                                .as(COSINE))
                .persist();
        try {
            return check(cosines, limits);
        } finally {
            cosines.unpersist();
        }
    }

    private static Dataset<Row> vectors(Dataset<Row> rows, Dataset<Row> some) {
        var first = List.of(rows.columns()).contains(OutputColumns.CHUNK)
                ? rows.filter(functions.col(OutputColumns.CHUNK).equalTo(0))
                : rows;
        return first.join(some, OutputColumns.ID, "left_semi")
                .filter(functions.col(OutputColumns.EMBEDDING).isNotNull())
                .select(OutputColumns.ID, OutputColumns.EMBEDDING);
    }

    private static Check check(Dataset<Row> cosines, Limits limits) {
        var found = cosines.agg(
                        functions.count(COSINE),
                        functions.expr("percentile(%s, 0.05)".formatted(COSINE)),
                        functions.expr("percentile(%s, 0.5)".formatted(COSINE)),
                        functions.avg(COSINE))
                .first();
        var count = found.getLong(0);
        if (count == 0) {
            return Check.of(NAME, true, "no changed text with an old and a new vector");
        }
        var p05 = found.getDouble(1);
        var median = found.getDouble(2);
        var passed = count < ENOUGH || (median >= limits.minMedian() && p05 >= limits.minP05());
        return new Check(
                NAME,
                passed,
                String.format(
                        Locale.ROOT,
                        "expected cosines between old and new vectors of changed texts with a median of at least %s and a 5th percentile of at least %s, found %.4f and %.4f, mean %.4f, over %,d texts%s",
                        limits.minMedian(),
                        limits.minP05(),
                        median,
                        p05,
                        found.getDouble(3),
                        count,
                        count < ENOUGH ? ", too few to fail" : ""),
                passed ? List.of() : farthest(cosines));
    }

    /** The ids that drifted most. */
    private static List<String> farthest(Dataset<Row> cosines) {
        return cosines
                .orderBy(COSINE)
                .limit(Check.MOST_IDS)
                .select(functions.col(OutputColumns.ID).cast(DataTypes.StringType))
                .collectAsList()
                .stream()
                .map(row -> row.getString(0))
                .toList();
    }
}
