package dev.packhorse.jobs.embed;

import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.output.OutputPrecision;
import dev.packhorse.engine.output.Ranges;
import dev.packhorse.jobs.charts.RunPage;
import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.jobs.output.OutputFolder;
import dev.packhorse.jobs.output.OutputMode;
import dev.packhorse.jobs.output.RunPlan;
import dev.packhorse.jobs.output.Staging;
import dev.packhorse.jobs.report.RunMonitor;
import dev.packhorse.jobs.report.RunSummary;
import dev.packhorse.jobs.report.TakenOver;
import dev.packhorse.jobs.source.Source;
import dev.packhorse.udf.Embedding;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.RunAccumulator;
import dev.packhorse.udf.metrics.RunReport;
import dev.packhorse.udf.options.OptionValues;
import dev.packhorse.udf.rows.EmbedSettings;
import dev.packhorse.udf.rows.OutputVectors;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** One run of the embed job, from a source's rows to counted files and a manifest. */
final class SingleRun {

    private final SparkSession spark;
    private final Provenance provenance;
    private final Supplier<EngineSettings> engine;
    private final OptionValues options;
    private final boolean resumed;
    private final RunPage page;
    private final PrintStream out;
    private final Sink.Beside beside;

    /** @param engine how executors open the model; asked for once it is known that there is something to do */
    SingleRun(
            SparkSession spark, Provenance provenance, Supplier<EngineSettings> engine, RunPage page, PrintStream out) {
        this(spark, provenance, engine, page, out, Sink.Beside.NOTHING); // here a further sink for all jobs is opened
    }

    /** @param beside where rows go beside Parquet */
    SingleRun(
            SparkSession spark,
            Provenance provenance,
            Supplier<EngineSettings> engine,
            RunPage page,
            PrintStream out,
            Sink.Beside beside) {
        this.spark = spark;
        this.provenance = provenance;
        this.engine = engine;
        this.options = provenance.options();
        this.resumed = options.get(EmbedOptions.RESUME);
        this.page = page;
        this.out = out;
        this.beside = beside;
    }

    /**
     * Embeds and publishes.
     *
     * @param id of the run
     * @param source opened once the output was looked at
     * @throws IllegalStateException when the rows read are not the vectors and errors written; the new files are deleted
     *     then
     */
    RunSummary run(String id, OutputMode mode, Supplier<Source> source) {
        var started = Instant.now();
        var folder = OutputFolder.open(spark, options.get(EmbedOptions.OUTPUT));
        var published = resumed ? folder.existing().published(provenance.job()) : Optional.<String>empty();
        if (published.isPresent()) {
            return done(folder, published.get());
        }
        folder.existing().check(mode);
        return run(folder, id, mode, true, source, started);
    }

    /**
     * Embeds a batch of a stream and adds it to the output, unless that was done before: Spark brings the last batch again
     * where a driver died before it could note that the batch was done.
     *
     * @param id the same for the same batch
     * @param first whether it is the first one of this start; then it is looked at what is there
     * @return nothing where it was done before
     */
    Optional<RunSummary> append(String id, boolean first, Source batch) {
        var started = Instant.now();
        var folder = OutputFolder.open(spark, options.get(EmbedOptions.OUTPUT), first ? Set.of(id) : Set.of());
        folder.existing().checkNotBegun(id);
        if (folder.existing().isFinished(id)) {
            folder.finish(out);
            return Optional.empty();
        }
        folder.existing().check(OutputMode.APPEND);
        return Optional.of(run(folder, id, OutputMode.APPEND, first, () -> batch, started));
    }

    private RunSummary run(
            OutputFolder folder,
            String id,
            OutputMode mode,
            boolean checked,
            Supplier<Source> source,
            Instant started) {
        var opened = source.get();
        var accumulator = page.accumulator();
        spark.sparkContext()
                .register(accumulator); // without a name, for Spark keeps a copy of named ones for each task
        var columns = opened.columns();
        var settings = EmbedSettings.of(options, engine.get(), columns.id(), columns.text(), provenance.longTexts());
        var fingerprint = settings.engine().fingerprint();
        var schema = new Embedding(opened.columns(), settings, accumulator).outputSchema(opened.rows());
        var known = Optional.<Ranges>empty();
        if (mode == OutputMode.APPEND) {
            if (checked) {
                folder.existing()
                        .checkAppend(provenance.footer(fingerprint), OutputVectors.schema(schema, precision()));
            }
            known = precision().needsRanges() ? folder.existing().ranges() : known;
        }
        var deciding = provenance.deciding(fingerprint, schema);
        var plan = new AtomicReference<RunPlan>();
        var staging = (resumed ? folder.resume(id, deciding, plan::set, out) : Optional.<Staging>empty())
                .orElseGet(() -> folder.stage(id, resumed, out));
        var done = false;
        try {
            if (mode == OutputMode.OVERWRITE) {
                folder.existing().checkAlone(id);
            }
            var monitor = new RunMonitor(accumulator);
            var rows = new StagedRows(
                    spark,
                    staging,
                    new RowShuffle(options, provenance.model(), provenance.longTexts()),
                    opened,
                    new Embedding(RowShuffle.marked(opened.columns()), settings, accumulator),
                    monitor,
                    out);
            var result = new Unpublished(folder, id, mode, staging, started, fingerprint, schema, accumulator, monitor);
            var summary = write(result, rows, plan(plan, id, deciding), known);
            done = true;
            return summary;
        } finally {
            if (done || !resumed) {
                staging.close();
            } else if (staging.leave()) {
                out.printf("What was complete is kept in %s; start again with --resume to go on with it%n", staging);
            }
        }
    }

    private StagedRows.Start plan(AtomicReference<RunPlan> taken, String id, Map<String, String> deciding) {
        return new StagedRows.Start(Optional.ofNullable(taken.get()), id, provenance.job(), deciding);
    }

    /** Where a run's rows go, and what is known of it. */
    private record Unpublished(
            OutputFolder folder,
            String id,
            OutputMode mode,
            Staging staging,
            Instant started,
            String fingerprint,
            StructType schema,
            RunAccumulator accumulator,
            RunMonitor monitor) {}

    /** See {@link Sink} for what follows what, and what stays where it fails. */
    private RunSummary write(Unpublished run, StagedRows rows, StagedRows.Start start, Optional<Ranges> known) {
        var sinks = sinks(run);
        spark.sparkContext().addSparkListener(run.monitor());
        var begin = System.nanoTime();
        var published = false;
        try {
            var held = rows.embed(start);
            run.staging().check();
            var finished = FinishedRows.of(
                    held.rows(), run.schema(), precision(), provenance.model().dimension(), known);
            sinks.write(finished);
            var summary = new RunSummary(
                    provenance.model().name(),
                    run.fingerprint(),
                    run.accumulator().value(),
                    held.taken(),
                    sinks.written(),
                    Duration.ofNanos(System.nanoTime() - begin),
                    Duration.ofMillis(run.monitor().taskMillis()),
                    TaskSlots.now(spark),
                    run.folder().toString());
            audit(summary);
            var manifest = provenance.manifest(spark, run.id(), run.started(), summary, finished.ranges());
            run.folder().publish(manifest, run.mode(), run.staging());
            published = true;
            sinks.publish();
            page.sample(held.marked(), RowShuffle.CHECK, summary.written().rows(), rows.source());
            return summary;
        } finally {
            if (!published) {
                sinks.discard();
            }
            spark.sparkContext().removeSparkListener(run.monitor());
        }
    }

    private Sinks sinks(Unpublished run) {
        var form = new ParquetSink.Form(
                precision(),
                options.get(EmbedOptions.FLOAT_ENCODING),
                options.get(EmbedOptions.TARGET_FILE_SIZE),
                provenance.model().dimension());
        var footer = provenance.footer(run.fingerprint());
        return new Sinks(
                new ParquetSink(run.folder(), run.id(), run.mode(), form, footer), beside.open(run.id(), run.mode()));
    }

    /** A run that died after all was done. */
    private RunSummary done(OutputFolder folder, String id) {
        folder.finish(out);
        out.printf("Run %s had published all its rows before it died: nothing is left to do%n", id);
        var written = folder.written(id, provenance.model().dimension());
        var rows = folder.existing().sourceRows(id);
        return new RunSummary(
                provenance.model().name(),
                provenance.model().fingerprint(provenance.precision()),
                new RunReport(Map.of(), Map.of()),
                new TakenOver(rows, written.rows() - rows),
                written,
                Duration.ZERO,
                Duration.ZERO,
                TaskSlots.now(spark),
                folder.toString());
    }

    private OutputPrecision precision() {
        return options.get(EmbedOptions.OUTPUT_PRECISION);
    }

    /** Those who call it delete the files. */
    static void audit(RunSummary summary) {
        var read = summary.rows();
        var further = summary.counts().get(Count.FURTHER_ROWS) + summary.taken().furtherRows();
        var written = summary.written();
        if (read + further != written.rows() || written.rows() != written.vectors() + written.errors()) {
            throw new IllegalStateException(
                    "expected rows in = vectors + errors, found %,d rows in%s, and %,d rows with %,d vectors and %,d errors in the new files; they were deleted"
                            .formatted(
                                    read,
                                    further == 0 ? "" : " and %,d further chunks".formatted(further),
                                    written.rows(),
                                    written.vectors(),
                                    written.errors()));
        }
    }
}
