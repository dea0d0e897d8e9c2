package dev.packhorse.jobs.embed;

import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.PathChoice;
import dev.packhorse.engine.Paths;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Model;
import dev.packhorse.jobs.charts.RunPage;
import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.jobs.output.OutputMode;
import dev.packhorse.jobs.report.RunSummary;
import dev.packhorse.jobs.source.SourceReader;
import dev.packhorse.udf.files.DriverFile;
import dev.packhorse.udf.files.HadoopSettings;
import dev.packhorse.udf.files.SparkModels;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import dev.packhorse.udf.resident.GpuProbe;
import dev.packhorse.udf.rows.EngineChoice;
import dev.packhorse.udf.rows.LongTexts;
import java.io.PrintStream;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * The main job: reads texts, embeds them, writes Parquet, and says that it is done only after the files were counted:
 * rows in (and further chunks, where chunks are rows) = vectors + errors.
 *
 * <p>Immutable, but one run at a time in a session: while files are written, settings of the session by which Spark reads
 * files are others.
 */
public final class EmbedJob {

    private final OptionValues options;
    private final Model model;
    private final LongTexts longTexts;
    private final PrintStream out;

    private EmbedJob(OptionValues options, Model model, LongTexts longTexts, PrintStream out) {
        this.options = options;
        this.model = model;
        this.longTexts = longTexts;
        this.out = out;
    }

    /**
     * Checks all that can be checked without Spark.
     *
     * @param conf the settings that Spark will have, for models on its file systems
     * @param out where progress goes
     * @throws RuntimeException (OptionException, ModelException or TokenizerException) naming what does not fit
     */
    public static EmbedJob of(OptionValues options, SparkConf conf, PrintStream out) {
        SourceReader.check(options);
        StreamingRun.check(options);
        options.get(EmbedOptions.OUTPUT);
        RunPage.check(options, Optional.of(EmbedOptions.OUTPUT), HadoopSettings.of(conf));
        if (options.get(EmbedOptions.GENERATE_IDS) && options.get(EmbedOptions.MODE) == OutputMode.APPEND) {
            throw new OptionException(
                    "--mode append: expected ids from the source, found --generate-ids, which gives the same ids again");
        }
        if (options.get(EmbedOptions.GENERATE_IDS) && options.get(EmbedOptions.RESUME)) {
            throw new OptionException(
                    "--resume: expected ids from the source, found --generate-ids, which may give others the second time");
        }
        var model = SparkModels.find(options, conf);
        var longTexts = checkTexts(options, model);
        EngineChoice.check(options, model);
        return new EmbedJob(options, model, longTexts, out);
    }

    /**
     * Checks what the options say of texts and vectors against each other and the model.
     *
     * @return what long texts become
     * @throws RuntimeException as {@link #of} does
     */
    public static LongTexts checkTexts(OptionValues options, Model model) {
        checkFloatEncoding(options);
        return LongTexts.of(options, model);
    }

    private static void checkFloatEncoding(OptionValues options) {
        var precision = options.get(EmbedOptions.OUTPUT_PRECISION);
        if (precision.isBytes() && options.isGiven(EmbedOptions.FLOAT_ENCODING)) {
            throw new OptionException(
                    "--float-encoding: expected with --output-precision float32, found with %s, which has no floats"
                            .formatted(precision.id()));
        }
    }

    /**
     * Runs the job. What Spark throws comes through as it is.
     *
     * @throws OptionException when source, output and options do not fit each other, or a GPU is not there that was asked for
     * @throws java.io.UncheckedIOException when the output's file system fails
     * @throws IllegalStateException when the rows read are not the vectors and errors written; the new files are deleted
     *     then
     */
    public RunSummary run(SparkSession spark) {
        var choice = choice(spark);
        var provenance = new Provenance(options, model, choice.precision(), longTexts);
        var page = RunPage.of(options, spark, out);
        var summary =
                switch (options.get(EmbedOptions.TRIGGER)) {
                    case BATCH ->
                        new SingleRun(spark, provenance, () -> settings(choice, spark), page, out)
                                .run(
                                        UUID.randomUUID().toString().substring(0, 8),
                                        options.get(EmbedOptions.MODE),
                                        () -> new SourceReader(spark, options).open());
                    case AVAILABLE_NOW -> {
                        var settings = settings(choice, spark);
                        yield new StreamingRun(spark, provenance, settings, page, out).run();
                    }
                };
        page.write(summary);
        return summary;
    }

    /**
     * How the executors of this session open the model.
     *
     * @throws OptionException when a GPU is not there that was asked for
     * @throws java.io.UncheckedIOException when the driver cannot offer the model's files
     */
    public EngineSettings engine(SparkSession spark) {
        return settings(choice(spark), spark);
    }

    /**
     * How the driver opens the model for a few texts of its own: as executors do, or where it has not the GPU that they
     * compute on, in float32 on its cores, which comes nearest.
     *
     * @throws RuntimeException as {@link #engine} does
     */
    public EngineSettings engineOfDriver(SparkSession spark) {
        var settings = engine(spark);
        return Paths.unmetOn(settings.device()).isEmpty()
                ? settings
                : new EngineSettings(
                        settings.model(),
                        Precision.FLOAT32,
                        PathChoice.AUTO,
                        EngineSettings.usualBatchTokens(new Device.Cpu()),
                        1);
    }

    private EngineChoice choice(SparkSession spark) {
        return EngineChoice.of(options, model, GpuProbe.of(spark.sparkContext()));
    }

    private EngineSettings settings(EngineChoice choice, SparkSession spark) {
        return choice.settings(DriverFile.offer(spark.sparkContext(), model));
    }
}
