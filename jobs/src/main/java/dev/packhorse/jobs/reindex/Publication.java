package dev.packhorse.jobs.reindex;

import dev.packhorse.engine.contract.Precision;
import dev.packhorse.jobs.audit.Audit;
import dev.packhorse.jobs.audit.Check;
import dev.packhorse.jobs.audit.Limits;
import dev.packhorse.jobs.audit.Reference;
import dev.packhorse.jobs.charts.RunPage;
import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.jobs.outcome.ExitCode;
import dev.packhorse.jobs.outcome.JobException;
import dev.packhorse.jobs.output.FileSizes;
import dev.packhorse.jobs.page.Table;
import dev.packhorse.jobs.reindex.Diff.Kind;
import dev.packhorse.jobs.reindex.ReindexRun.Reindexing;
import dev.packhorse.jobs.report.RunLine;
import dev.packhorse.jobs.report.Steps;
import dev.packhorse.jobs.targets.Candidate;
import dev.packhorse.jobs.targets.Changes;
import dev.packhorse.jobs.targets.Expiry;
import dev.packhorse.jobs.targets.Marks;
import dev.packhorse.jobs.targets.TargetColumns;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.options.OptionValues;
import dev.packhorse.udf.rows.OutputColumns;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * Writes what has changed to where nobody reads, audits it, and publishes it.
 *
 * @param runId of this run
 * @param deletes whether rows go that the source no longer has
 */
record Publication(
        String runId,
        Reindexing work,
        Diff diff,
        boolean deletes,
        OptionValues options,
        Steps steps,
        RunLine line,
        RunPage page,
        PrintStream out) {

    private static final Kind[] WITH_OTHER_TEXTS = {Kind.NEW, Kind.CHANGED, Kind.CARRIED};

    /** Whether the target is as the source is. */
    boolean isNothing() {
        return work.comparable().isPresent()
                && diff.count(Kind.NEW) + diff.count(Kind.CHANGED) + diff.count(Kind.CARRIED) == 0
                && (!deletes || diff.count(Kind.REMOVED) == 0)
                && !withoutIdChanged();
    }

    private boolean withoutIdChanged() {
        return work.before()
                .map(published ->
                        !published.marks().getOrDefault(Marks.WITHOUT_ID, "").equals(diff.withoutId()))
                .orElse(true);
    }

    /** @throws JobException when the audit fails, or another run was quicker */
    void run() {
        var vectors = steps.time("embed", this::vectors);
        count(vectors);
        var marks = marks(vectors);
        var candidate = steps.time("write", () -> work.target().candidate(runId));
        var audited = List.<Check>of();
        try (var reference = reference()) {
            steps.time("write", () -> write(candidate, vectors, marks));
            audited = steps.time("audit", () -> audit(candidate, reference));
            line.put("audit", Check.entries(audited));
            page.table(table(audited));
            if (audited.stream().allMatch(Check::passed)) {
                publish(audited, candidate);
                show(vectors);
                return;
            }
        } catch (RuntimeException | Error e) {
            discard(candidate, e);
            throw e;
        }
        show(vectors);
        throw failed(audited, candidate);
    }

    /** For the page, where one is wanted. */
    private void show(NewVectors vectors) {
        page.work(vectors.work().report(), Duration.ofMillis(vectors.work().taskMillis()));
        if (page.isWanted()) {
            var texts = diff.rows().filter(functions.col(Diff.TEXT).isNotNull());
            steps.time("page", () -> page.sample(vectors.rows(), texts, Diff.TEXT));
        }
    }

    private static Table table(List<Check> checks) {
        var rows = checks.stream()
                .map(check -> List.of(
                        check.name(),
                        check.passed() ? "passed" : "failed",
                        check.found(),
                        String.join(", ", check.ids())))
                .toList();
        return new Table(
                "The audit",
                "What is looked at before anything is published.",
                List.of("check", "outcome", "found", "some ids"),
                rows);
    }

    private void publish(List<Check> checks, Candidate candidate) {
        checks.forEach(check -> out.printf("audit        %s%n", check.line()));
        work.staging().check(); // a driver that stood still may have been taken for dead
        var version = steps.time("publish", candidate::publish);
        line.put("status", "published");
        line.put("snapshot", version);
        out.printf("published    %s, snapshot %s%n", work.target(), version);
    }

    /** Why it goes is worth more than why it does not. */
    private static void discard(Candidate candidate, Throwable reason) {
        try {
            candidate.discard();
        } catch (RuntimeException e) {
            reason.addSuppressed(e);
        }
    }

    private NewVectors vectors() {
        var carried = work.source().columns().carried();
        var wanted = diff.of(wanted());
        return new NewVectors.Finder(carried, work.texts(), work.staging())
                .of(wanted, work.comparable(), work.resumed());
    }

    private Kind[] wanted() {
        if (work.comparable().isEmpty()) {
            return new Kind[] {Kind.NEW, Kind.CHANGED, Kind.CARRIED, Kind.UNCHANGED, Kind.WITHOUT_ID};
        }
        return withoutIdChanged()
                ? new Kind[] {Kind.NEW, Kind.CHANGED, Kind.CARRIED, Kind.WITHOUT_ID}
                : WITH_OTHER_TEXTS;
    }

    private void count(NewVectors vectors) {
        var counts = vectors.work().report().total();
        line.put("vectors_taken_from_target", vectors.moved());
        line.put("rows_taken_over", vectors.takenOver());
        line.put("encoded_texts", vectors.encoded());
        line.put("tokens", vectors.tokens());
        line.put("encode_seconds", counts.get(Count.ENCODE_NANOS) / 1e9);
        line.put("task_seconds", vectors.work().taskMillis() / 1e3);
        line.put("slots", work.texts().slots());
        line.put("truncated_rows", counts.get(Count.TRUNCATED_ROWS));
        out.printf(
                Locale.ROOT,
                "embedded     %,d texts, %,d tokens; %,d rows took a vector that the target has, %,d were taken over from a run that died%n",
                vectors.encoded(),
                vectors.tokens(),
                vectors.moved(),
                vectors.takenOver());
    }

    private Map<String, String> marks(NewVectors vectors) {
        var marks = new LinkedHashMap<>(work.kind().marks());
        marks.put(Marks.RUN, runId);
        marks.put(Marks.WITHOUT_ID, diff.withoutId());
        marks.put(Marks.SOURCE_ROWS, String.valueOf(diff.sourceRows()));
        marks.put(Marks.ENCODED, String.valueOf(vectors.encoded()));
        return marks;
    }

    private void write(Candidate candidate, NewVectors vectors, Map<String, String> marks) {
        if (work.comparable().isEmpty()) {
            try (var sizes = new FileSizes(options.get(EmbedOptions.TARGET_FILE_SIZE), 1)
                    .applyTo(vectors.rows().sparkSession())) {
                candidate.replace(vectors.rows(), marks);
            }
            return;
        }
        var id = functions.col(OutputColumns.ID);
        var rows = vectors.rows().filter(id.isNotNull());
        var withoutId =
                withoutIdChanged() ? Optional.of(vectors.rows().filter(id.isNull())) : Optional.<Dataset<Row>>empty();
        candidate.merge(new Changes(rows, removed(rows), withoutId), marks);
    }

    /** Keys of rows that go: those of ids that are gone, and chunks that a text no longer has. */
    private Dataset<Row> removed(Dataset<Row> rows) {
        var gone = deletes ? diff.of(Kind.REMOVED) : diff.of();
        var columns = List.of(rows.columns());
        var keys = TargetColumns.keys(columns);
        if (keys.size() == 1) {
            return TargetColumns.in(gone, keys);
        }
        var touched = ids(gone).unionByName(ids(diff.of(WITH_OTHER_TEXTS)));
        return TargetColumns.in(work.comparable().orElseThrow().join(touched, OutputColumns.ID, "left_semi"), keys)
                .except(TargetColumns.in(rows, keys));
    }

    private static Dataset<Row> ids(Dataset<Row> rows) {
        return rows.select(OutputColumns.ID);
    }

    /** Of the texts that are embedded anew first, and then of a few others. */
    private Reference reference() {
        var text = functions.col(Diff.TEXT);
        var id = functions.col(OutputColumns.ID);
        var texts = diff.rows()
                .filter(functions.trim(text).notEqual("").and(id.isNotNull()))
                .orderBy(functions.col(Diff.KIND).equalTo(Kind.UNCHANGED.name()), functions.xxhash64(id))
                .select(id, text.as("text"));
        return Reference.start(work.kind().model(), work.kind().longTexts(), Limits.of(options, precision()), texts);
    }

    private List<Check> audit(Candidate candidate, Reference reference) {
        var gone = deletes ? diff.count(Kind.REMOVED) : 0;
        var touched = deletes ? diff.of(Kind.NEW, Kind.CHANGED, Kind.CARRIED, Kind.REMOVED) : diff.of(WITH_OTHER_TEXTS);
        var claim = new Audit.Claim(
                diff.sourceRows(),
                deletes ? 0 : diff.count(Kind.REMOVED),
                diff.rowsBefore(),
                gone,
                ids(touched),
                ids(diff.of(Kind.CHANGED)));
        return new Audit(
                        candidate.rows(),
                        work.comparable(),
                        claim,
                        work.kind().model(),
                        reference,
                        Limits.of(options, precision()))
                .run();
    }

    private Precision precision() {
        return work.kind().precision();
    }

    private JobException failed(List<Check> checks, Candidate candidate) {
        var failed = checks.stream().filter(check -> !check.passed()).toList();
        var where = candidate.leave();
        line.put("status", "audit failed");
        line.put("left", where);
        return new JobException(
                ExitCode.AUDIT_FAILED,
                "the audit failed, and nothing was published: %s; what was written can be looked at: %s"
                        .formatted(failed.stream().map(Check::line).collect(Collectors.joining("; ")), where));
    }

    /** Lets versions go, where options say so. */
    void expire() {
        var expiry = Expiry.of(options);
        if (!expiry.isNever()) {
            var gone = steps.time("expire", () -> work.target().expire(expiry));
            line.put("expired_snapshots", gone);
            out.printf("expired      %d snapshots%n", gone);
        }
    }
}
