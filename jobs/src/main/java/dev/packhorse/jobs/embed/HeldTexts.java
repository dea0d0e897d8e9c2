package dev.packhorse.jobs.embed;

import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.model.Model;
import dev.packhorse.jobs.charts.RunPage;
import dev.packhorse.jobs.output.Staging;
import dev.packhorse.jobs.report.Progress;
import dev.packhorse.jobs.report.RunMonitor;
import dev.packhorse.jobs.shuffle.ShufflePlan;
import dev.packhorse.jobs.source.Source;
import dev.packhorse.udf.Embedding;
import dev.packhorse.udf.metrics.RunAccumulator;
import dev.packhorse.udf.metrics.RunReport;
import dev.packhorse.udf.options.OptionValues;
import dev.packhorse.udf.rows.EmbedSettings;
import dev.packhorse.udf.rows.LongTexts;
import dev.packhorse.udf.rows.OutputColumns;
import dev.packhorse.udf.rows.TextColumns;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/**
 * Embeds texts into a staging folder, for jobs that have their own way from there: dealt out, sorted and packed as the embed
 * job does it. Immutable.
 *
 * @param options of source and encoding
 * @param idColumn what messages call ids
 * @param textColumn what messages call texts
 * @param page says what is to be counted
 */
public record HeldTexts(
        SparkSession spark,
        OptionValues options,
        Model model,
        LongTexts longTexts,
        EngineSettings engine,
        String idColumn,
        String textColumn,
        RunPage page,
        PrintStream out) {

    /** By this column a row of the source is known again in what is held: int64. */
    public static final String CHECK = RowShuffle.CHECK;

    /**
     * What embedding took.
     *
     * @param report what tasks counted
     * @param taskMillis that they ran, added up
     */
    public record Work(RunReport report, long taskMillis) {}

    /** The schema of the result for a source: what a job's readers see. */
    public StructType resultSchema(Source source) {
        return new Embedding(source.columns(), settings(), new RunAccumulator()).outputSchema(source.rows());
    }

    /** The schema of what is held: the result's, and {@link #CHECK} among further columns. */
    public StructType heldSchema(Source source) {
        var marked = shuffle().marked(source, ShufflePlan.even(1));
        return new Embedding(RowShuffle.marked(source.columns()), settings(), new RunAccumulator())
                .outputSchema(marked);
    }

    /** A source's rows with {@link #CHECK}. */
    public Dataset<Row> checked(Source source) {
        return shuffle().marked(source, ShufflePlan.even(1)).drop(RowShuffle.TARGET);
    }

    /** What is held, in the columns of the result. */
    public static Dataset<Row> result(Dataset<Row> held) {
        return held.drop(RowShuffle.TARGET, RowShuffle.CHECK);
    }

    /**
     * Embeds all rows of a source, a file a task; each is complete when its task has committed.
     *
     * @throws RuntimeException what Spark throws
     */
    public Work hold(Source source, Staging staging) {
        var accumulator = registered(page.accumulator());
        var monitor = new RunMonitor(accumulator);
        spark.sparkContext().addSparkListener(monitor);
        try {
            var planned = shuffle().plan(source, TaskSlots.wantedTasks(spark));
            var embedding = new Embedding(RowShuffle.marked(source.columns()), settings(), accumulator);
            var rows = shuffle().embed(embedding, shuffle().marked(source, planned.plan()), planned.plan());
            try (var progress = Progress.start(monitor, planned.rows(), out)) {
                staging.hold(rows);
            }
            return new Work(accumulator.value(), monitor.taskMillis());
        } finally {
            spark.sparkContext().removeSparkListener(monitor);
        }
    }

    /** Has executors load the model, by embedding a word in each task slot; may run while the driver does something else. */
    public void warmUp() {
        var tasks = spark.sparkContext().isLocal() ? 1 : slots();
        var words = spark.range(0, tasks, 1, tasks)
                .select(
                        functions.col("id").cast("string").as(OutputColumns.ID),
                        functions
                                .concat(functions.lit("word "), functions.col("id"))
                                .as("word"));
        var columns = new TextColumns(OutputColumns.ID, "word", Optional.empty(), List.of());
        new Embedding(columns, settings(), registered(new RunAccumulator()))
                .windowed(words)
                .write()
                .format("noop")
                .mode("overwrite")
                .save();
    }

    private RunAccumulator registered(RunAccumulator accumulator) {
        spark.sparkContext().register(accumulator);
        return accumulator;
    }

    private RowShuffle shuffle() {
        return new RowShuffle(options, model, longTexts);
    }

    private EmbedSettings settings() {
        return EmbedSettings.of(options, engine, idColumn, textColumn, longTexts);
    }

    /** Tasks that the session can run at a time. */
    public int slots() {
        return TaskSlots.now(spark);
    }
}
