package dev.packhorse.jobs.embed;

import dev.packhorse.engine.Engine;
import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.Precision;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.output.OutputPrecision;
import dev.packhorse.engine.output.Ranges;
import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.jobs.output.Manifest;
import dev.packhorse.jobs.output.OutputFolder;
import dev.packhorse.jobs.output.OutputMode;
import dev.packhorse.jobs.output.RangesJson;
import dev.packhorse.jobs.report.Progress;
import dev.packhorse.jobs.report.RunMonitor;
import dev.packhorse.jobs.report.RunSummary;
import dev.packhorse.jobs.source.Source;
import dev.packhorse.jobs.source.SourceReader;
import dev.packhorse.udf.DriverFile;
import dev.packhorse.udf.EmbedSettings;
import dev.packhorse.udf.Embedding;
import dev.packhorse.udf.EncoderThreads;
import dev.packhorse.udf.LongTexts;
import dev.packhorse.udf.OutputVectors;
import dev.packhorse.udf.SparkModels;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.RunAccumulator;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * The main job: reads texts, embeds them, writes Parquet, and says that it is done only after the files were counted:
 * rows in (and further chunks, where chunks are rows) = vectors + errors.
 */
public final class EmbedJob {

    private final OptionValues options;
    private final Model model;
    private final Precision precision;
    private final LongTexts longTexts;
    private final PrintStream out;

    private EmbedJob(OptionValues options, Model model, Precision precision, LongTexts longTexts, PrintStream out) {
        this.options = options;
        this.model = model;
        this.precision = precision;
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
        options.get(EmbedOptions.OUTPUT);
        if (options.get(EmbedOptions.GENERATE_IDS) && options.get(EmbedOptions.MODE) == OutputMode.APPEND) {
            throw new OptionException(
                    "--mode append: expected ids from the source, found --generate-ids, which gives the same ids again");
        }
        var model = SparkModels.find(options, conf);
        var longTexts = checkTexts(options, model);
        var path = options.get(EncodeOptions.PATH);
        // decided here, on the driver, for all executors: a run's vectors are of one precision
        var precision = options.get(EncodeOptions.PRECISION).on(model, path);
        Engine.checkChoice(model, path, precision);
        return new EmbedJob(options, model, precision, longTexts, out);
    }

    /**
     * Checks what the options say of texts and vectors against each other and the model.
     *
     * @return what long texts become
     * @throws RuntimeException as {@link #of} does
     */
    public static LongTexts checkTexts(OptionValues options, Model model) {
        checkFloatEncoding(options);
        Engine.checkTokenizer(model);
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
     * Runs the job.
     *
     * @throws IllegalStateException when the rows read are not the vectors and errors written; the new files are deleted
     *     then
     */
    public RunSummary run(SparkSession spark) {
        var started = Instant.now();
        var runId = UUID.randomUUID().toString().substring(0, 8);
        var folder = OutputFolder.open(spark, options.get(EmbedOptions.OUTPUT));
        folder.check(options.get(EmbedOptions.MODE));
        var source = new SourceReader(spark, options).open();
        var accumulator = new RunAccumulator();
        spark.sparkContext()
                .register(accumulator); // without a name, for Spark keeps a copy of named ones for each task
        var settings = settings(spark, source);
        var fingerprint = settings.engine().fingerprint();
        var schema = new Embedding(source.columns(), settings, accumulator).outputSchema(source.rows());
        var embedding = new Embedding(RowShuffle.marked(source.columns()), settings, accumulator);
        var known = Optional.<Ranges>empty();
        if (options.get(EmbedOptions.MODE) == OutputMode.APPEND) {
            folder.checkAppend(footer(fingerprint), OutputVectors.schema(schema, outputPrecision()));
            known = outputPrecision().needsRanges() ? folder.ranges() : known;
        }

        var monitor = new RunMonitor(accumulator);
        spark.sparkContext().addSparkListener(monitor);
        var start = System.nanoTime();
        RunSummary summary;
        Manifest manifest;
        try {
            var written = write(spark, source, embedding, folder, runId, fingerprint, monitor, known);
            summary = new RunSummary(
                    model.name(),
                    fingerprint,
                    accumulator.value(),
                    written.files(),
                    Duration.ofNanos(System.nanoTime() - start),
                    Duration.ofMillis(monitor.taskMillis()),
                    TaskSlots.now(spark),
                    folder.toString());
            audit(summary);
            manifest = manifest(spark, runId, started, summary, written.ranges());
        } catch (RuntimeException e) {
            folder.discard(runId);
            throw e;
        } finally {
            spark.sparkContext().removeSparkListener(monitor);
        }
        folder.publish(manifest, options.get(EmbedOptions.MODE));
        return summary;
    }

    private VectorOutput.Result write(
            SparkSession spark,
            Source source,
            Embedding embedding,
            OutputFolder folder,
            String runId,
            String fingerprint,
            RunMonitor monitor,
            Optional<Ranges> known) {
        var shuffle = new RowShuffle(options, model, longTexts);
        var planned = shuffle.plan(source, TaskSlots.wantedTasks(spark));
        var embedded = shuffle.embed(embedding, shuffle.marked(source, planned.plan()), planned.plan())
                .drop(RowShuffle.TARGET);
        try (var progress = Progress.start(monitor, planned.rows(), out)) {
            return new VectorOutput(
                            folder,
                            runId,
                            outputPrecision(),
                            options.get(EmbedOptions.FLOAT_ENCODING),
                            options.get(EmbedOptions.TARGET_FILE_SIZE),
                            footer(fingerprint),
                            model.dimension())
                    .write(embedded, known);
        }
    }

    private OutputPrecision outputPrecision() {
        return options.get(EmbedOptions.OUTPUT_PRECISION);
    }

    private EmbedSettings settings(SparkSession spark, Source source) {
        return new EmbedSettings(
                engine(spark),
                options.get(EncodeOptions.WINDOW_ROWS),
                options.get(EncodeOptions.DEDUPE_CACHE),
                options.get(EncodeOptions.ON_ERROR),
                options.get(EncodeOptions.EMPTY_TEXT),
                source.columns().id(),
                source.columns().text(),
                longTexts);
    }

    /** How the executors of this session open the model. */
    public EngineSettings engine(SparkSession spark) {
        return new EngineSettings(
                DriverFile.offer(spark.sparkContext(), model),
                precision,
                options.get(EncodeOptions.PATH),
                options.get(EncodeOptions.MAX_BATCH_TOKENS),
                EncoderThreads.perExecutor(spark.sparkContext().getConf()));
    }

    private Map<String, String> footer(String fingerprint) {
        var footer = new LinkedHashMap<String, String>();
        footer.put("model", model.name());
        footer.put("fingerprint", fingerprint);
        footer.put("dimension", String.valueOf(model.dimension()));
        footer.put("revision", model.revision());
        footer.put(
                "pooling",
                model.head().poolings().isEmpty()
                        ? "the ONNX file's own"
                        : model.head().poolings().stream().map(Pooling::id).collect(Collectors.joining("+")));
        footer.put("normalize", String.valueOf(model.head().normalizes()));
        footer.put("head", model.head().description());
        footer.put("prompt", model.texts().prompt());
        footer.put("lower-case", String.valueOf(model.texts().lowerCase()));
        footer.put("precision", precision.id());
        footer.put("max-seq-length", String.valueOf(model.maxSeqLength()));
        footer.put(EmbedOptions.OUTPUT_PRECISION.name(), outputPrecision().id());
        footer.putAll(longTexts.entries());
        footer.put("version", version());
        return footer;
    }

    /** Those who call it delete the files. */
    static void audit(RunSummary summary) {
        var read = summary.counts().get(Count.ROWS);
        var further = summary.counts().get(Count.FURTHER_ROWS);
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

    private Manifest manifest(
            SparkSession spark, String runId, Instant started, RunSummary summary, Optional<Ranges> ranges) {
        var entries = new LinkedHashMap<String, Object>();
        entries.put("run", runId);
        entries.put("started", started.toString());
        entries.put("finished", Instant.now().toString());
        entries.putAll(footer(summary.fingerprint()));
        entries.put("encoder", summary.encoder());
        entries.put("options", redacted(spark));
        entries.put("spark", spark.version());
        entries.put("java", System.getProperty("java.version"));
        entries.putAll(summary.asEntries());
        ranges.ifPresent(found -> entries.put(RangesJson.ENTRY, RangesJson.entry(found)));
        return new Manifest(runId, started, entries);
    }

    /** The given options, without the values that Spark's own logs hide, such as passwords of databases. */
    private Map<String, String> redacted(SparkSession spark) {
        var secret = Pattern.compile(
                spark.sparkContext().getConf().get("spark.redaction.regex", "(?i)secret|password|token|access[.]?key"));
        var pairs = new HashMap<>(options.get(EmbedOptions.INPUT_OPTION));
        pairs.replaceAll((key, value) -> secret.matcher(key).find() ? "***" : value);
        var texts = options.asText();
        texts.replace(
                EmbedOptions.INPUT_OPTION.name(),
                EmbedOptions.INPUT_OPTION.type().writer().apply(pairs));
        return texts;
    }

    private static String version() {
        return Optional.ofNullable(EmbedJob.class.getPackage().getImplementationVersion())
                .orElse("development");
    }
}
