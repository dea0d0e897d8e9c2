package dev.packhorse.jobs.audit;

import dev.packhorse.engine.model.Model;
import dev.packhorse.udf.PackhorseFunctions;
import dev.packhorse.udf.rows.OutputColumns;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * Whether rows that nobody reads yet may be published: reads them as readers would, and believes nothing that the run says.
 * Immutable; runs Spark jobs, and the reference on the driver.
 *
 * @param candidate the rows, in the target's columns
 * @param before the rows that readers see, where vectors of both are of the same kind
 * @param claim what the run says of them
 * @param reference begun before
 */
public record Audit(
        Dataset<Row> candidate,
        Optional<Dataset<Row>> before,
        Claim claim,
        Model model,
        Reference reference,
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
     * @param touched ids of the rows that are new, changed or gone: a column {@code id}, from files
     * @param changed ids of those whose text is another one
     */
    public record Claim(
            long sourceRows,
            long keptRows,
            long rowsBefore,
            long removedRows,
            Dataset<Row> touched,
            Dataset<Row> changed) {}

    /** Looks at all of it; checks that come to nothing here are passed and say so. */
    public List<Check> run() {
        PackhorseFunctions.register(candidate.sparkSession());
        var changed = before.isPresent() ? changed() : Set.<String>of();
        try (var old =
                Aside.start("scan", () -> before.map(rows -> Scan.of(rows, claim.touched(), changed, wanted())))) {
            var repeated = duplicates();
            var asked = new HashSet<>(changed);
            asked.addAll(reference.ids());
            var now = Scan.of(candidate, claim.touched(), asked, wanted());
            return checks(repeated, old.get(), now);
        }
    }

    private List<Check> checks(Check repeated, Optional<Scan> old, Scan now) {
        return List.of(
                removed(),
                rows(now),
                errors(old, now),
                repeated,
                of(
                        "dimension",
                        "expected %d numbers".formatted(model.dimension()),
                        now.otherDimension(),
                        "",
                        Rows.hasOtherDimension(model.dimension())),
                of("finite values", "expected finite numbers", now.notFinite(), "", Rows.isNotFinite()),
                norms(now),
                old.map(scan -> unchanged(scan, now))
                        .orElse(Check.of("unchanged rows", true, "none: all vectors are new")),
                reference.check(now.some()),
                old.map(scan -> Drift.check(scan.some(), now.some(), limits))
                        .orElse(Check.of(Drift.NAME, true, "nothing to compare: all vectors are new")));
    }

    private Scan.Wanted wanted() {
        return new Scan.Wanted(model.dimension(), model.head().normalizes(), limits.normTolerance());
    }

    private Set<String> changed() {
        var id = functions.col(OutputColumns.ID);
        var ids = new HashSet<String>();
        claim.changed()
                .orderBy(functions.xxhash64(id))
                .limit(Drift.MOST)
                .select(id.cast(DataTypes.StringType))
                .collectAsList()
                .forEach(row -> ids.add(row.getString(0)));
        return ids;
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

    private Check rows(Scan now) {
        var expected = claim.sourceRows() + claim.keptRows();
        return new Check(
                "rows",
                now.rows() == expected && now.vectors() == expected - now.errors() && now.ambiguous() == 0,
                String.format(
                        Locale.ROOT,
                        "expected %,d, a vector or an error each, found %,d with %,d vectors and %,d errors",
                        expected,
                        now.rows(),
                        now.vectors(),
                        now.errors()),
                ids(now.ambiguous(), Rows.isAmbiguous()));
    }

    /** A source whose texts are suddenly null has all its rows. */
    private Check errors(Optional<Scan> old, Scan now) {
        var more = Math.max(0, now.errors() - old.map(Scan::errors).orElse(0L));
        var passed = now.rows() < ENOUGH || more <= limits.maxErrors() * now.rows();
        return Check.of(
                "errors",
                passed,
                String.format(
                        Locale.ROOT,
                        "expected at most %.0f percent of the rows to have an error that had none, found %,d of %,d%s",
                        100 * limits.maxErrors(),
                        more,
                        now.rows(),
                        passed ? "" : "; if the source is right, set --audit-max-errors"));
    }

    private Check duplicates() {
        var repeated = candidate
                .filter(functions.col(OutputColumns.ID).isNotNull())
                .groupBy(Rows.keys(List.of(candidate.columns())))
                .count()
                .filter("count > 1");
        var found = Rows.ids(repeated);
        return new Check(
                "duplicate ids",
                found.isEmpty(),
                "expected each id once, found %s more than once"
                        .formatted(found.isEmpty() ? "none" : found.size() < Check.MOST_IDS ? found.size() : "many"),
                found);
    }

    private Check norms(Scan now) {
        var normalized = model.head().normalizes();
        return of(
                "norms",
                normalized ? "expected lengths of 1 within " + limits.normTolerance() : "expected lengths above 0",
                now.otherLength(),
                now.least()
                        .map(least -> String.format(
                                Locale.ROOT,
                                "; they are from %.6f to %.6f",
                                least,
                                now.greatest().orElse(least)))
                        .orElse(""),
                Rows.hasOtherLength(normalized, limits.normTolerance()));
    }

    /** A check of vectors, by how many are not as they should be. */
    private Check of(String name, String expected, long count, String more, Column condition) {
        return new Check(
                name,
                count == 0,
                String.format(Locale.ROOT, "%s, found others in %,d vectors%s", expected, count, more),
                ids(count, condition));
    }

    private List<String> ids(long count, Column condition) {
        return count == 0 ? List.of() : Rows.ids(Rows.measured(candidate).filter(condition));
    }

    private Check unchanged(Scan old, Scan now) {
        var same = old.untouched().equals(now.untouched());
        return new Check(
                "unchanged rows",
                same,
                String.format(
                        Locale.ROOT,
                        "expected %,d rows to be bit-equal to those before, found %,d that are%s",
                        old.untouchedRows(),
                        now.untouchedRows(),
                        same ? "" : ", or others in their place"),
                same ? List.of() : differing());
    }

    private List<String> differing() {
        var old = untouched(before.orElseThrow());
        var now = untouched(candidate);
        return Rows.ids(old.exceptAll(now)
                .unionByName(now.exceptAll(old))
                .select(OutputColumns.ID)
                .distinct()
                .orderBy(OutputColumns.ID));
    }

    private Dataset<Row> untouched(Dataset<Row> table) {
        var keys = new ArrayList<>(List.of(Rows.keys(List.of(table.columns()))));
        keys.add(functions.col(Scan.HASH));
        return Scan.hashed(table)
                .filter(functions.col(OutputColumns.ID).isNotNull())
                .select(keys.toArray(Column[]::new))
                .join(claim.touched().select(OutputColumns.ID).distinct(), OutputColumns.ID, "left_anti");
    }
}
