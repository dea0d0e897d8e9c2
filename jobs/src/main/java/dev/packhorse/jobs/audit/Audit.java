package dev.packhorse.jobs.audit;

import dev.packhorse.engine.model.Model;
import dev.packhorse.udf.PackhorseFunctions;
import dev.packhorse.udf.rows.LongTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Whether rows that nobody reads yet may be published: reads them as readers would, and believes nothing that the run says.
 * Immutable; runs Spark jobs, and the reference on the driver.
 *
 * @param candidate the rows, in the target's columns
 * @param before the rows that readers see, where vectors of both are of the same kind
 * @param claim what the run says of them
 */
public record Audit(
        Dataset<Row> candidate,
        Optional<Dataset<Row>> before,
        Claim claim,
        Model model,
        LongTexts longTexts,
        Limits limits) {

    /** From so many rows on a share tells something. */
    private static final long ENOUGH = 20;

    /**
     * What a run says that it did.
     *
     * @param sourceRows rows of the source
     * @param keptRows rows that the source no longer has and that stay
     * @param rowsBefore rows that readers see
     * @param removedRows of those, how many go
     * @param touched ids of the rows that are new, changed or gone: a column {@code id}, without nulls, from files
     * @param changed ids of those whose text is another one
     * @param texts what the sample is taken from: ids and texts in the columns of those names; the first rows are the sample
     */
    public record Claim(
            long sourceRows,
            long keptRows,
            long rowsBefore,
            long removedRows,
            Dataset<Row> touched,
            Dataset<Row> changed,
            Dataset<Row> texts) {}

    /** Looks at all of it; checks that come to nothing here are passed and say so. */
    public List<Check> run() {
        PackhorseFunctions.register(candidate.sparkSession());
        var checks = new ArrayList<Check>();
        checks.add(removed());
        var scan = new VectorScan(candidate, model.dimension(), model.head().normalizes(), limits.normTolerance());
        checks.addAll(scan.check(claim.sourceRows() + claim.keptRows()));
        checks.add(before.map(rows -> Unchanged.check(rows, candidate, claim.touched()))
                .orElse(Check.of("unchanged rows", true, "none: all vectors are new")));
        checks.add(new Reference(model, longTexts, limits).check(candidate, claim.texts()));
        checks.add(before.map(rows -> Drift.check(rows, candidate, claim.changed(), limits))
                .orElse(Check.of("drift", true, "nothing to compare: all vectors are new")));
        return checks;
    }

    private Check removed() {
        var share = claim.rowsBefore() == 0 ? 0 : (double) claim.removedRows() / claim.rowsBefore();
        var passed = claim.rowsBefore() < ENOUGH || share <= limits.maxRemoved();
        return Check.of(
                "removed rows",
                passed,
                String.format(
                        Locale.ROOT,
                        "expected at most %.0f percent of the rows to go, found %,d of %,d%s",
                        100 * limits.maxRemoved(),
                        claim.removedRows(),
                        claim.rowsBefore(),
                        passed ? "" : "; if the source is whole, set --audit-max-removed"));
    }
}
