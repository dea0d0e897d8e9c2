package dev.packhorse.jobs.reindex;

import dev.packhorse.engine.PrecisionChoice;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.tokenize.TokenizerException;
import dev.packhorse.jobs.audit.Aside;
import dev.packhorse.jobs.audit.Check;
import dev.packhorse.jobs.charts.RunPage;
import dev.packhorse.jobs.embed.HeldTexts;
import dev.packhorse.jobs.estimate.Estimate;
import dev.packhorse.jobs.options.ReindexOptions;
import dev.packhorse.jobs.options.ReindexOptions.Deletes;
import dev.packhorse.jobs.outcome.ExitCode;
import dev.packhorse.jobs.outcome.JobException;
import dev.packhorse.jobs.output.OutputFolder;
import dev.packhorse.jobs.output.RunPlan;
import dev.packhorse.jobs.output.Staging;
import dev.packhorse.jobs.reindex.Diff.Kind;
import dev.packhorse.jobs.report.RunLine;
import dev.packhorse.jobs.report.Steps;
import dev.packhorse.jobs.source.Source;
import dev.packhorse.jobs.source.SourceReader;
import dev.packhorse.jobs.targets.Published;
import dev.packhorse.jobs.targets.Target;
import dev.packhorse.jobs.targets.Targets;
import dev.packhorse.udf.files.DriverFile;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import dev.packhorse.udf.resident.GpuProbe;
import dev.packhorse.udf.rows.EngineChoice;
import dev.packhorse.udf.rows.LongTexts;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of the reindex job, from the source's rows to what is published. One thread, once. */
final class ReindexRun {

    private static final Logger LOG = LoggerFactory.getLogger(ReindexRun.class);

    private final SparkSession spark;
    private final Model model;
    private final LongTexts longTexts;
    private final PrintStream out;
    private final Optional<String> report;
    private final RunPage page;
    private final String id = UUID.randomUUID().toString().substring(0, 8);
    private final Steps steps = new Steps();
    private final RunLine line = new RunLine();
    private OptionValues options;
    private boolean embedded;

    ReindexRun(SparkSession spark, OptionValues options, Model model, LongTexts longTexts, PrintStream out) {
        this.spark = spark;
        this.options = options;
        this.model = model;
        this.longTexts = longTexts;
        this.out = out;
        this.report = options.find(ReindexOptions.REPORT);
        this.page = RunPage.of(options, spark, out);
    }

    void run() {
        line.put("run", id);
        line.put("started", Instant.now().toString());
        line.put("target", options.get(ReindexOptions.TARGET));
        var code = ExitCode.FAILED;
        try {
            work();
            code = ExitCode.DONE;
        } catch (JobException e) {
            code = e.code();
            line.put("error", e.getMessage());
            throw e;
        } catch (OptionException | ModelException | TokenizerException e) {
            code = ExitCode.BAD_OPTIONS;
            line.put("error", e.getMessage());
            throw e;
        } catch (RuntimeException | Error e) {
            line.put("error", String.valueOf(e));
            throw e;
        } finally {
            line.end(code);
            line.put("seconds", steps.all().toMillis() / 1e3);
            line.put("step_seconds", steps.seconds());
            report();
            page.write("Packhorse reindex", line.text("target"), RunFacts.of(line), steps.seconds());
        }
    }

    /** How the run ended is worth more than that nobody can be told. */
    private void report() {
        try {
            report.ifPresent(place -> line.write(place, spark.sessionState().newHadoopConf(), out));
        } catch (RuntimeException e) {
            LOG.error("could not write the report: {}", line, e);
        }
    }

    private void work() {
        options = SourceReader.resolved(spark, options);
        var source = steps.time("open", new SourceReader(spark, options)::openOrExplain);
        var schema = source.columns().outputSchema(source.rows().schema(), longTexts.chunkRows());
        var target = steps.time("open", () -> Targets.open(spark, options, schema));
        line.put("target", target.toString());
        var before = target.published();
        line.put("snapshot_before", before.map(Published::version).orElse(""));
        keepPrecision(before);
        var choice = EngineChoice.of(options, model, GpuProbe.of(spark.sparkContext()));
        var kind = new VectorKind(model, choice.precision(), longTexts, options);
        line.put("model", model.name());
        line.put("fingerprint", kind.fingerprint());
        var texts = new HeldTexts(
                spark,
                options,
                model,
                longTexts,
                choice.settings(DriverFile.offer(spark.sparkContext(), model)),
                source.columns().id(),
                source.columns().text(),
                page,
                out);
        var folder = OutputFolder.open(
                spark, options.find(ReindexOptions.WORK_FOLDER).orElse(target.workFolder()));
        checkAlone(target, folder.existing().live());
        var deciding = kind.deciding(schema);
        var resumed = new ArrayList<RunPlan>();
        var staging = folder.goOn(id, deciding, misfit -> out.println("Not going on with " + misfit), resumed::add, out)
                .orElseGet(() -> folder.stage(id, true, out));
        var ended = false;
        try {
            if (resumed.isEmpty()) {
                staging.save(new RunPlan(List.of(id), id, deciding, 1, new int[] {0}));
            }
            checkAlone(
                    target,
                    folder.existing().others(id).stream()
                            .filter(other -> other.compareTo(id) < 0)
                            .toList());
            target.clearUnfinished();
            try (var warm = Aside.start("warm-up", () -> warmUp(texts))) {
                publish(new Reindexing(target, before, source, kind, texts, staging, !resumed.isEmpty()));
            }
            ended = true;
        } catch (JobException e) {
            ended = e.code() == ExitCode.AUDIT_FAILED && embedded; // then that is not to be believed
            throw e;
        } finally {
            if (ended) {
                staging.close();
            } else if (staging.leave()) {
                out.printf("What was embedded is kept in %s; start again to go on with it%n", staging);
            }
        }
    }

    /** While source and target are compared. What goes wrong there goes wrong again where texts are embedded, and ends the run there. */
    private static boolean warmUp(HeldTexts texts) {
        try {
            texts.warmUp();
            return true;
        } catch (RuntimeException e) {
            LOG.info("could not load the model ahead of time", e);
            return false;
        }
    }

    /** What a run works on. */
    record Reindexing(
            Target target,
            Optional<Published> before,
            Source source,
            VectorKind kind,
            HeldTexts texts,
            Staging staging,
            boolean resumed) {

        /** In what the target's vectors are of another kind. */
        Optional<String> difference() {
            return before.flatMap(published -> kind.difference(published.marks()));
        }

        /** The rows that are compared with, where they are of this kind. */
        Optional<Dataset<Row>> comparable() {
            return difference().isPresent() ? Optional.empty() : before.map(Published::rows);
        }
    }

    /** A table stays in the precision that it has, on whatever machine a run happens to be, unless another is asked for. */
    private void keepPrecision(Optional<Published> before) {
        if (options.get(EncodeOptions.PRECISION) != PrecisionChoice.AUTO) {
            return;
        }
        before.flatMap(published -> VectorKind.precisionOf(published.marks(), model))
                .flatMap(found -> Stream.of(PrecisionChoice.values())
                        .filter(choice -> choice.id().equals(found.id()))
                        .findFirst())
                .ifPresent(choice -> options = options.with(EncodeOptions.PRECISION, choice));
    }

    private void checkAlone(Target target, Iterable<String> others) {
        for (var other : others) {
            throw new JobException(
                    ExitCode.TARGET_BUSY,
                    "--target %s: expected no other run at work on it, found %s; start again when that has ended"
                            .formatted(target, other));
        }
    }

    private void publish(Reindexing work) {
        var diff = steps.time("compare", () -> diff(work));
        count(diff);
        steps.time("compare", () -> checkIds(diff));
        var deletes = options.get(ReindexOptions.DELETES) == Deletes.DELETE;
        if (work.difference().isPresent()) {
            var reason = work.difference().get();
            if (!deletes && diff.count(Kind.REMOVED) > 0) {
                throw new OptionException(
                        "--deletes keep: expected vectors of one model, found %,d rows whose texts are gone and %s; start once with --deletes delete"
                                .formatted(diff.count(Kind.REMOVED), reason));
            }
            out.printf(Locale.ROOT, "All %,d texts are embedded anew: %s%n", diff.sourceRows(), reason);
            steps.time("estimate", () -> estimate(work, diff));
        }
        var publication = new Publication(id, work, diff, deletes, options, steps, line, page, out);
        if (publication.isNothing()) {
            out.printf(Locale.ROOT, "Nothing has changed: %,d rows%n", diff.sourceRows());
            line.put("status", "unchanged");
            line.put("snapshot", work.before().map(Published::version).orElse(""));
        } else {
            embedded = true;
            publication.run();
        }
        publication.expire();
        out.println("time         " + steps);
    }

    private Diff diff(Reindexing work) {
        try {
            return Diff.of(
                    work.source(),
                    work.before().map(Published::rows),
                    options.get(ReindexOptions.RETRY_ERRORS),
                    work.difference().isPresent(),
                    work.staging().beside("source"));
        } catch (Exception e) { // as Spark throws them, checked ones among them
            throw isOfTarget(e)
                    ? new IllegalStateException("could not compare with " + work.target(), e)
                    : SourceReader.unreadable(e);
        }
    }

    /** Source and target are read together: what Iceberg says, or the disk that gets the result, is not the source's. */
    private static boolean isOfTarget(Throwable failure) {
        return Stream.iterate(failure, one -> one != null, Throwable::getCause)
                .map(String::valueOf)
                .anyMatch(text -> text.contains("org.apache.iceberg.") || text.contains("No space left"));
    }

    private void count(Diff diff) {
        out.printf(
                Locale.ROOT,
                "source       %,d rows: %,d new, %,d changed, %,d with other carried columns, %,d unchanged, %,d without an id; %,d removed%n",
                diff.sourceRows(),
                diff.count(Kind.NEW),
                diff.count(Kind.CHANGED),
                diff.count(Kind.CARRIED),
                diff.count(Kind.UNCHANGED),
                diff.count(Kind.WITHOUT_ID),
                diff.count(Kind.REMOVED));
        line.put("source_rows", diff.sourceRows());
        for (var kind : Kind.values()) {
            line.put(kind.name().toLowerCase(Locale.ROOT), diff.count(kind));
        }
    }

    private void checkIds(Diff diff) {
        var repeated = diff.repeatedIds(Check.MOST_IDS);
        if (!repeated.isEmpty()) {
            var check = new Check(
                    "duplicate ids", false, "expected each id of the source once, found some more than once", repeated);
            line.put("audit", Check.entries(List.of(check)));
            throw new JobException(
                    ExitCode.AUDIT_FAILED, "the audit failed before anything was embedded: " + check.line());
        }
    }

    private void estimate(Reindexing work, Diff diff) {
        var texts = diff.rows().filter(functions.col(Diff.KIND).notEqual(Kind.REMOVED.name()));
        var estimate = Estimate.of(
                spark, texts, Diff.TEXT, options, model, longTexts, work.texts().engine());
        line.put("estimate", estimate.line());
        out.println("estimate     " + estimate.line());
    }
}
