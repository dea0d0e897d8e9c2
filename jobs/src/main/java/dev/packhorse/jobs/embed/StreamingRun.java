package dev.packhorse.jobs.embed;

import dev.packhorse.engine.EngineSettings;
import dev.packhorse.jobs.charts.RunPage;
import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.jobs.options.EmbedOptions.Trigger;
import dev.packhorse.jobs.output.OutputMode;
import dev.packhorse.jobs.report.RunSummary;
import dev.packhorse.jobs.source.Source;
import dev.packhorse.jobs.source.SourceReader;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import dev.packhorse.udf.rows.TextColumns;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQueryException;

/**
 * Embeds the files that have come since the last start, batch by batch, each as a run of its own with a manifest.
 *
 * <p>Spark's checkpoint holds which files are in which batch before the batch begins, and that it is done afterwards. A
 * run's id is the query's, which the checkpoint holds too, and the batch's number. So a batch that comes again, for the
 * driver died in it, finds by its manifest whether all its rows are there; where there is none, what is there of them is
 * deleted first. That makes each row of a file come out once.
 */
final class StreamingRun {

    private static final String QUERY_ID = "sql.streaming.queryId"; // Spark sets it for the thread of a query

    private final SparkSession spark;
    private final Provenance provenance;
    private final EngineSettings engine;
    private final OptionValues options;
    private final RunPage page;
    private final PrintStream out;
    private RunSummary sum;
    private boolean first = true;

    StreamingRun(SparkSession spark, Provenance provenance, EngineSettings engine, RunPage page, PrintStream out) {
        this.spark = spark;
        this.provenance = provenance;
        this.engine = engine;
        this.options = provenance.options();
        this.page = page;
        this.out = out;
        this.sum = RunSummary.nothing(
                provenance.model().name(),
                engine.fingerprint(),
                TaskSlots.now(spark),
                options.get(EmbedOptions.OUTPUT));
    }

    /** @throws OptionException when options do not fit a stream, or one of its own stands without it */
    static void check(OptionValues options) {
        if (options.get(EmbedOptions.TRIGGER) == Trigger.BATCH) {
            if (options.isGiven(EmbedOptions.CHECKPOINT)) {
                throw new OptionException("--checkpoint: expected with --trigger available-now, found without");
            }
            return;
        }
        var trigger = "--trigger " + options.get(EmbedOptions.TRIGGER).id();
        if (!options.isGiven(EmbedOptions.CHECKPOINT)) {
            throw new OptionException(trigger + ": expected --checkpoint with it, found none");
        }
        for (Option<?> option : List.of(EmbedOptions.TABLE, EmbedOptions.QUERY)) {
            if (options.isGiven(option)) {
                throw new OptionException("%s: expected --input, whose files can be told apart, found %s"
                        .formatted(trigger, option.flag()));
            }
        }
        if (!options.isGiven(EmbedOptions.INPUT)
                || options.get(EmbedOptions.INPUT).size() != 1) {
            throw new OptionException("%s: expected one --input, perhaps with globs, found %s"
                    .formatted(
                            trigger, options.isGiven(EmbedOptions.INPUT) ? options.get(EmbedOptions.INPUT) : "none"));
        }
        if (options.get(EmbedOptions.GENERATE_IDS)) {
            throw new OptionException(
                    trigger + ": expected ids from the source, found --generate-ids, which gives each batch the same");
        }
        if (options.isGiven(EmbedOptions.MODE) && options.get(EmbedOptions.MODE) != OutputMode.APPEND) {
            throw new OptionException("%s: expected --mode append, which is what it does, found --mode %s"
                    .formatted(trigger, options.get(EmbedOptions.MODE).id()));
        }
        if (options.get(EmbedOptions.RESUME)) {
            throw new OptionException(
                    trigger + ": expected no --resume, for its checkpoint knows where to go on, found one");
        }
    }

    /**
     * Runs until all files that are there now are embedded.
     *
     * @return the sum of the batches of this start
     * @throws OptionException when the output does not fit
     * @throws IllegalStateException when a batch failed
     */
    RunSummary run() {
        var source = new SourceReader(spark, options).openStream();
        try {
            source.rows()
                    .writeStream()
                    .option("checkpointLocation", options.get(EmbedOptions.CHECKPOINT))
                    .trigger(org.apache.spark.sql.streaming.Trigger.AvailableNow())
                    .foreachBatch((VoidFunction2<Dataset<Row>, Long>) (rows, number) -> {
                        embed(rows, number, source.columns());
                    })
                    .start()
                    .awaitTermination();
        } catch (StreamingQueryException | TimeoutException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof OptionException refusal) {
                    throw refusal;
                }
            }
            throw new IllegalStateException("the stream failed: " + e.getMessage(), e);
        }
        return sum;
    }

    private void embed(Dataset<Row> rows, long number, TextColumns columns) {
        var session = rows.sparkSession(); // a copy of ours
        var query = session.sparkContext().getLocalProperty(QUERY_ID).substring(0, 8);
        var run = new SingleRun(session, provenance, () -> engine, page, out);
        var summary = run.append(query + "-" + number, first, new Source(rows, columns));
        if (summary.isPresent()) {
            first = false; // not before: what a batch that was done before has been held against is not known
            sum = sum.plus(summary.get());
        }
    }
}
