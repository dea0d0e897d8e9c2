package dev.packhorse.jobs.reindex;

import dev.packhorse.engine.model.Model;
import dev.packhorse.jobs.charts.RunPage;
import dev.packhorse.jobs.embed.SparkWork;
import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.jobs.options.ReindexOptions;
import dev.packhorse.jobs.options.ReindexOptions.TargetFormat;
import dev.packhorse.jobs.outcome.ExitCode;
import dev.packhorse.jobs.report.RunLine;
import dev.packhorse.jobs.source.SourceReader;
import dev.packhorse.jobs.targets.TargetColumns;
import dev.packhorse.jobs.targets.Targets;
import dev.packhorse.udf.files.HadoopSettings;
import dev.packhorse.udf.files.SparkModels;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import dev.packhorse.udf.rows.EngineChoice;
import dev.packhorse.udf.rows.LongTexts;
import java.io.PrintStream;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * Keeps a target in step with a source: embeds what is new or changed, deletes what is gone, and publishes it when an audit has
 * passed. Immutable; one run at a time on a target.
 */
public final class ReindexJob implements SparkWork {

    private final OptionValues options;
    private final Model model;
    private final LongTexts longTexts;
    private final PrintStream out;

    private ReindexJob(OptionValues options, Model model, LongTexts longTexts, PrintStream out) {
        this.options = options;
        this.model = model;
        this.longTexts = longTexts;
        this.out = out;
    }

    /**
     * Checks all that can be checked without Spark.
     *
     * @param conf the settings that Spark will have; gets what the target needs
     * @param out where progress goes
     * @throws RuntimeException (OptionException, ModelException or TokenizerException) naming what does not fit
     */
    public static ReindexJob of(OptionValues options, SparkConf conf, PrintStream out) {
        try {
            return checked(options, conf, out);
        } catch (RuntimeException e) {
            options.find(ReindexOptions.REPORT).ifPresent(place -> {
                var line = new RunLine();
                line.put("error", String.valueOf(e.getMessage()));
                line.end(ExitCode.BAD_OPTIONS);
                line.write(place, HadoopSettings.of(conf), out);
            });
            throw e;
        }
    }

    private static ReindexJob checked(OptionValues options, SparkConf conf, PrintStream out) {
        SourceReader.check(SourceReader.asPaths(options));
        Targets.prepare(options, conf);
        var folder = options.get(ReindexOptions.TARGET_FORMAT) == TargetFormat.PARQUET
                ? Optional.of(ReindexOptions.TARGET)
                : Optional.<Option<String>>empty();
        RunPage.check(options, folder, HadoopSettings.of(conf));
        for (var name : options.get(EmbedOptions.CARRY_COLUMNS)) {
            if (TargetColumns.isOfChunks(name)) { // a target's own column of that name says that chunks are rows
                throw new OptionException(
                        "--carry-columns %s: expected a name that targets do not use for chunks, found one; rename it by --query"
                                .formatted(name));
            }
        }
        var model = SparkModels.find(options, conf);
        EngineChoice.check(options, model);
        return new ReindexJob(options, model, LongTexts.of(options, model), out);
    }

    /**
     * Runs it. What Spark throws comes through as it is.
     *
     * @throws OptionException when source, target and options do not fit each other
     * @throws dev.packhorse.jobs.outcome.JobException when nothing is published for a reason that has an exit code of its own
     */
    @Override
    public void run(SparkSession spark) {
        new ReindexRun(spark, options, model, longTexts, out).run();
    }
}
