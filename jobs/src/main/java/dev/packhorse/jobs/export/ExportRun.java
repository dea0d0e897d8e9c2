package dev.packhorse.jobs.export;

import dev.packhorse.jobs.audit.Check;
import dev.packhorse.jobs.embed.TaskSlots;
import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.jobs.options.ExportOptions;
import dev.packhorse.jobs.options.ReindexOptions;
import dev.packhorse.jobs.outcome.ExitCode;
import dev.packhorse.jobs.outcome.JobException;
import dev.packhorse.jobs.report.RunLine;
import dev.packhorse.jobs.report.Steps;
import dev.packhorse.stores.contract.Receipt.Refused;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreOptions;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of the export job, from what the source has to what the store finds. One thread, once. */
final class ExportRun {

    private static final Logger LOG = LoggerFactory.getLogger(ExportRun.class);

    /** Below so many rows shares mean little. */
    private static final long FEW = 20;

    private final SparkSession spark;
    private final OptionValues options;
    private final Store store;
    private final PrintStream out;
    private final String id = UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    private final Steps steps = new Steps();
    private final RunLine line = new RunLine();

    ExportRun(SparkSession spark, OptionValues options, Store store, PrintStream out) {
        this.spark = spark;
        this.options = options;
        this.store = store;
        this.out = out;
    }

    void run() {
        line.put("run", id);
        line.put("started", Instant.now().toString());
        line.put("store", store.toString());
        var code = ExitCode.FAILED;
        try {
            work();
            code = ExitCode.DONE;
        } catch (Exception | Error e) { // Spark, being Scala, throws checked exceptions without saying so
            var told = told(e);
            code = told instanceof JobException job
                    ? job.code()
                    : told instanceof OptionException ? ExitCode.BAD_OPTIONS : ExitCode.FAILED;
            line.put("error", String.valueOf(told.getMessage()));
            throw told;
        } finally {
            line.end(code);
            line.put("seconds", steps.all().toMillis() / 1e3);
            line.put("step_seconds", steps.seconds());
            report();
        }
    }

    /** What a store says in a task comes wrapped by Spark. */
    private static RuntimeException told(Throwable failure) {
        return Stream.<Throwable>iterate(failure, one -> one != null, Throwable::getCause)
                .filter(StoreException.class::isInstance)
                .findFirst()
                .<RuntimeException>map(found -> new JobException(ExitCode.STORE_FAILED, found.getMessage(), failure))
                .orElseGet(() -> {
                    if (failure instanceof Error error) {
                        throw error;
                    }
                    return failure instanceof RuntimeException known
                            ? known
                            : new IllegalStateException("Spark could not run the export", failure);
                });
    }

    private void report() {
        try {
            options.find(ReindexOptions.REPORT)
                    .ifPresent(place -> line.write(place, spark.sessionState().newHadoopConf(), out));
        } catch (RuntimeException e) { // how the run ended is worth more than that nobody can be told
            LOG.error("could not write the report: {}", line, e);
        }
    }

    private void work() {
        var source = steps.time("open", new SourceOpener(spark, options)::open);
        var state = source.state();
        var columns = ExportColumns.of(source.place(), state.rows().schema(), options.get(EmbedOptions.CARRY_COLUMNS));
        var rows = columns.rows(state);
        var table = steps.time(
                "open", () -> TableOfRows.of(source.place(), state, columns, rows, options.get(StoreOptions.METRIC)));
        line.put("source", source.place());
        line.put("version", state.version());
        line.put("model", state.model());
        line.put("fingerprint", state.fingerprint());
        var contents = steps.time("open", () -> store.prepare(table));
        var comparison = new Comparison(options, source, columns, table, store, contents);
        comparison.checkOwner();
        var found = steps.time("compare", () -> comparison.find(spark));
        try (var diff = found.diff()) {
            out.println("compared     " + found.how());
            line.put("compared", found.how());
            count(diff.counts());
            check(comparison, diff, columns.keys(state));
            if (diff.counts().sent() + diff.counts().removed() > 0 || !comparison.isSaid(diff)) {
                export(comparison, diff);
                line.put("status", "exported");
            } else {
                steps.time("index", () -> store.index(table)); // another one may be asked for
                out.println("Nothing has changed");
                line.put("status", "unchanged");
            }
            verify(rows, table, diff.counts());
        }
        out.println("time         " + steps);
    }

    private void count(StoreDiff.Counts counts) {
        out.printf(
                Locale.ROOT,
                "rows         %,d with a vector: %,d new, %,d changed, %,d unchanged; %,d removed%n",
                counts.source(),
                counts.added(),
                counts.changed(),
                counts.unchanged(),
                counts.removed());
        line.put("source_rows", counts.source());
        line.put("new", counts.added());
        line.put("changed", counts.changed());
        line.put("unchanged", counts.unchanged());
        line.put("removed", counts.removed());
    }

    private void check(Comparison comparison, StoreDiff diff, Dataset<Row> keys) {
        var removal = comparison.removal(diff);
        var most = options.get(ExportOptions.MAX_REMOVED);
        var removed = new Check(
                "removed rows",
                removal.stored() < FEW || removal.removed() <= most * removal.stored(),
                String.format(
                        Locale.ROOT,
                        "expected at most %s of the store's rows to go (--max-removed), found %,d of %,d",
                        most,
                        removal.removed(),
                        removal.stored()),
                List.of());
        var checks = steps.time("check", () -> Stream.concat(
                        Stream.of(removed, RowChecks.ids(keys)),
                        RowChecks.vectors(diff.rows(), comparison.table().dimension()).stream())
                .toList());
        line.put("checks", Check.entries(checks));
        var failed = checks.stream()
                .filter(check -> !check.passed())
                .map(Check::line)
                .collect(Collectors.joining("; "));
        if (!failed.isEmpty()) {
            throw new JobException(ExitCode.AUDIT_FAILED, "nothing was sent: " + failed);
        }
    }

    private void export(Comparison comparison, StoreDiff diff) {
        var table = comparison.table();
        var published = false;
        try {
            announce(comparison, diff);
            var task = new SendTask(store, table, id, options.get(StoreOptions.BATCH_ROWS));
            var sending = steps.time(
                    "send", () -> Sending.of(diff, task, options.get(ExportOptions.TASK_ROWS), TaskSlots.now(spark)));
            steps.time("publish", () -> store.publish(table, id, sending.receipts()));
            published = true;
            count(sending);
            steps.time("index", () -> store.index(table));
            if (sending.refused() > 0) {
                store.mark(table, comparison.unfinishedMark()); // so that the next run tries what was refused again
                throw refused(sending);
            }
            store.mark(table, comparison.mark(diff.counts().source()));
        } finally {
            if (!published) {
                store.discard(table, id);
            }
        }
    }

    /** From here on a run that dies leaves a store of which nobody knows the version, but whose it is. */
    private void announce(Comparison comparison, StoreDiff diff) {
        var begun = comparison.contents().mark().isPresent();
        switch (store.takes()) {
            case ROWS -> store.mark(comparison.table(), comparison.unfinishedMark());
            case CHANGES -> {
                if (begun) {
                    store.mark(comparison.table(), comparison.unfinishedMark());
                }
                if (diff.isEverything()) {
                    store.startOver(comparison.table());
                }
            }
            case ALL -> {} // readers see nothing of it before it is published
        }
    }

    private void count(Sending sending) {
        var seconds = steps.seconds().get("send");
        out.printf(
                Locale.ROOT,
                "sent         %,d rows to %s in %.1f s, %,.0f a second; %,d deleted%s%n",
                sending.written(),
                store,
                seconds,
                sending.written() / Math.max(seconds, 1e-3),
                sending.deleted(),
                sending.confirmed() == 0
                        ? ""
                        : ", %,d were there from an attempt before".formatted(sending.confirmed()));
        out.printf(
                Locale.ROOT,
                "tasks        %.1f s: %.1f%% Arrow encoding, %.1f%% the store, the rest reading; Arrow memory at most %.1f MiB a task%n",
                sending.taskSeconds(),
                100 * sending.encodeSeconds() / Math.max(sending.taskSeconds(), 1e-9),
                100 * sending.storeSeconds() / Math.max(sending.taskSeconds(), 1e-9),
                sending.peakBytes() / (double) (1 << 20));
        line.put("written", sending.written());
        line.put("deleted", sending.deleted());
        line.put("confirmed", sending.confirmed());
        line.put("refused", sending.refused());
        line.put("task_seconds", sending.taskSeconds());
        line.put("encode_seconds", sending.encodeSeconds());
        line.put("store_seconds", sending.storeSeconds());
        line.put("peak_arrow_bytes", sending.peakBytes());
    }

    private JobException refused(Sending sending) {
        return new JobException(
                ExitCode.STORE_FAILED,
                "%s: expected to take all rows, found %,d refused: %s; the others are there"
                        .formatted(
                                store,
                                sending.refused(),
                                sending.refusals()
                                        .limit(Check.MOST_IDS)
                                        .map((Refused row) -> "%s (%s)".formatted(row.id(), row.reason()))
                                        .collect(Collectors.joining(", "))));
    }

    private void verify(Dataset<Row> rows, VectorTable table, StoreDiff.Counts counts) {
        int queries = options.get(ExportOptions.VERIFY);
        if (queries == 0) {
            return;
        }
        var verified = steps.time("verify", () -> Verification.of(rows, table, queries, () -> store.search(table)));
        if (verified.isEmpty()) {
            out.println("verified     not: this store is searched elsewhere");
            return;
        }
        var found = verified.get();
        out.printf(
                Locale.ROOT,
                "verified     recall@10 %.4f for %,d vectors, against exact search; the store has %,d rows%n",
                found.recall(),
                found.queries(),
                found.rows());
        line.put("recall", found.recall());
        line.put("stored_rows", found.rows());
        var expected = counts.source() + counts.foreign();
        if (found.rows() != expected) {
            throw new JobException(
                    ExitCode.AUDIT_FAILED,
                    "%s: expected %,d rows, found %,d; start again with --full"
                            .formatted(store, expected, found.rows()));
        }
        if (found.recall() < options.get(ExportOptions.MIN_RECALL)) {
            throw new JobException(
                    ExitCode.AUDIT_FAILED,
                    String.format(
                            Locale.ROOT,
                            "%s: expected a recall@10 of at least %s (--min-recall), found %.4f; build the index with a greater --hnsw-m or --hnsw-ef-construction, or search with a greater --ef-search",
                            store,
                            options.get(ExportOptions.MIN_RECALL),
                            found.recall()));
        }
    }
}
