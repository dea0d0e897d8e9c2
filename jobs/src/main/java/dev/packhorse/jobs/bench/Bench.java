package dev.packhorse.jobs.bench;

import dev.packhorse.engine.EncoderLoop;
import dev.packhorse.engine.Engine;
import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.PathChoice;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.Temporary;
import dev.packhorse.engine.onednn.OneDnnSupport;
import dev.packhorse.engine.synthetic.Format;
import dev.packhorse.engine.synthetic.SyntheticModel;
import dev.packhorse.engine.torch.TorchSupport;
import dev.packhorse.jobs.charts.Machine;
import dev.packhorse.jobs.demo.DemoCorpus;
import dev.packhorse.jobs.embed.EmbedJob;
import dev.packhorse.jobs.embed.SparkWork;
import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.jobs.report.RunSummary;
import dev.packhorse.jobs.source.SourceReader;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * Measures the encoders against ONNX Runtime, and whole embed jobs, one for each way of sorting, against a bare loop over
 * their own encoder, on the same texts.
 *
 * <p>All run in this process with the model loaded, in turns; a job's rate is real tokens over the time from its first
 * row read to its last file committed. The first round warms up and is not counted. Not thread-safe: one at a time, for it
 * measures the whole machine.
 */
public final class Bench {

    private static final long SEED = 17;
    private static final PrintStream QUIET = new PrintStream(OutputStream.nullOutputStream());

    private final OptionValues options;
    private final PrintStream out;
    private final SparkSession spark;
    private final Path folder;
    private final Optional<Path> shape;

    /** @param folder for what it writes, the model of a {@code --shape} included */
    private Bench(OptionValues options, PrintStream out, SparkSession spark, Path folder) {
        this.options = options;
        this.out = out;
        this.spark = spark;
        this.folder = folder;
        this.shape = options.find(BenchOptions.SHAPE).map(wanted -> folder.resolve(wanted.id()));
    }

    /**
     * Checks the options.
     *
     * @param out gets the figures
     * @throws OptionException when options do not fit, or there are no texts of one's own and the folder of the demo's jars is
     *     not to be found
     */
    public static SparkWork prepare(OptionValues options, SparkConf conf, PrintStream out) {
        BenchChecks.check(options);
        var demo = options.isGiven(EmbedOptions.INPUT) ? Optional.<DemoCorpus>empty() : Optional.of(DemoCorpus.open());
        return spark -> {
            var folder = Temporary.folder("packhorse-bench-");
            try {
                new Bench(options, out, spark, folder).run(demo);
            } finally {
                Temporary.delete(folder);
            }
        };
    }

    private void run(Optional<DemoCorpus> demo) {
        shape.ifPresent(this::writeShape);
        var texts = demo.map(
                        corpus -> corpus.sample(options.get(BenchOptions.GLOSSES), options.get(BenchOptions.PASSAGES)))
                .orElseGet(this::inputTexts);
        DemoCorpus.write(repeated(texts), folder.resolve("corpus.jsonl"));
        var engine = EmbedJob.of(
                        jobOptions("window", 0, folder), spark.sparkContext().getConf(), out)
                .engine(spark);
        var model = modelOfAllPaths(engine);
        BenchChecks.check(options, model);
        var rows = benchRows(model, texts);
        var facts = facts(model);
        facts.forEach((name, fact) -> out.printf("%-9s %s%n", name, fact));
        var measures = new EncoderMeasures(
                new BenchContext(
                        options, model, spark.sparkContext().defaultParallelism(), engine.maxBatchTokens(), rows, out),
                facts,
                spark.sessionState().newHadoopConf());
        try {
            measure(measures, engine, rows, texts);
            measures.profile();
        } finally {
            measures.write(); // what is measured by then has taken long
        }
    }

    private void measure(EncoderMeasures measures, EngineSettings engine, BenchRows rows, List<DemoCorpus.Text> texts) {
        switch (options.get(BenchOptions.WHAT)) {
            case ALL -> {
                measures.encoders();
                jobs(engine, rows.corpus());
            }
            case ENCODERS -> measures.encoders();
            case PADDING -> measures.padding();
            case BATCH_SIZE -> measures.batchSizes();
            case TOKENIZER ->
                measures.tokenizer(texts.stream().map(DemoCorpus.Text::text).toList());
            case JOBS -> jobs(engine, rows.corpus());
            case BALANCE -> balance(engine, texts);
            case EXPORT -> new ExportBench(spark, folder, options, out).run();
            case SQL ->
                new SqlBench(spark, folder, options, run -> job("window", run), out)
                        .run(options.get(BenchOptions.RUNS));
        }
    }

    /** Encoders are compared by all their paths, whichever the jobs are to take. */
    private Model modelOfAllPaths(EngineSettings engine) {
        if (!options.isGiven(EncodeOptions.PATH)) {
            return engine.model();
        }
        var any = jobOptions("window", 0, folder).with(EncodeOptions.PATH, PathChoice.AUTO);
        return EmbedJob.of(any, spark.sparkContext().getConf(), out)
                .engine(spark)
                .model();
    }

    private void writeShape(Path target) {
        var wanted = options.get(BenchOptions.SHAPE);
        out.printf("writing random weights in the shape of %s%n", wanted.id());
        var torch = TorchSupport.missing().isEmpty()
                && options.get(BenchOptions.ENCODERS).stream().anyMatch(BenchEncoder::readsTorchScript);
        SyntheticModel.write(
                wanted,
                SEED,
                target,
                torch ? EnumSet.allOf(Format.class) : EnumSet.of(Format.SAFETENSORS, Format.ONNX));
    }

    private BenchRows benchRows(Model model, List<DemoCorpus.Text> texts) {
        var lengths = options.find(BenchOptions.LENGTHS).orElse(new Lengths.Corpus());
        try (var tokenizer = Engine.openTokenizer(model)) {
            return new BenchRows(
                    tokenizer,
                    texts.stream().map(DemoCorpus.Text::text).toList(),
                    lengths,
                    options.get(BenchOptions.ROWS));
        }
    }

    /** The first texts of a corpus of somebody's own. */
    private List<DemoCorpus.Text> inputTexts() {
        var given = given(List.of(
                EmbedOptions.INPUT,
                EmbedOptions.INPUT_FORMAT,
                EmbedOptions.INPUT_OPTION,
                EmbedOptions.INPUT_SCHEMA,
                EmbedOptions.TEXT_COLUMN));
        given.put(EmbedOptions.GENERATE_IDS.name(), List.of("true"));
        var source = OptionValues.read(EmbedOptions.ALL, Map.of(), given);
        SourceReader.check(source);
        var opened = new SourceReader(spark, source).open();
        var texts = opened
                .rows()
                .select(opened.columns().text())
                .na()
                .drop()
                .limit(options.get(BenchOptions.ROWS))
                .collectAsList()
                .stream()
                .map(row -> row.getString(0))
                .toList();
        if (texts.isEmpty()) {
            throw new OptionException("--input: expected texts, found none");
        }
        return IntStream.range(0, texts.size())
                .mapToObj(i -> new DemoCorpus.Text("input-" + i, "input", texts.get(i)))
                .toList();
    }

    private Map<String, String> facts(Model model) {
        var facts = new LinkedHashMap<String, String>();
        facts.put(
                "machine",
                "%s%s, %s %s"
                        .formatted(
                                Machine.description(),
                                OneDnnSupport.missing().isEmpty() ? ", " + OneDnnSupport.cpu() : "",
                                System.getProperty("os.name"),
                                System.getProperty("os.arch")));
        facts.put("java", System.getProperty("java.version"));
        facts.put(
                "model",
                options.find(BenchOptions.SHAPE)
                        .map(shape -> "random weights in the shape of " + shape.id())
                        .orElse(model.name()));
        return facts;
    }

    private void jobs(EngineSettings engine, List<int[]> rows) {
        var threads = spark.sparkContext().defaultParallelism();
        var tokens = rows.stream().mapToLong(row -> row.length).sum();
        try (var loop = EncoderLoop.open(engine, rows)) {
            out.println("jobs against the bare loop of " + loop.info() + ":");
            var window = new ArrayList<Double>();
            var global = new ArrayList<Double>();
            var times = new ArrayList<Double>();
            for (var run = 0; run <= options.get(BenchOptions.RUNS); run++) {
                var bare = tokens / loop.run(threads);
                var windowed = job("window", run);
                var globally = job("global", run);
                out.printf(
                        Locale.ROOT,
                        "%s bare loop %,.0f tokens/s | --sort window %s | --sort global %s%n",
                        run == 0 ? "warm-up:" : "run " + run + ":  ",
                        bare,
                        shown(windowed, bare),
                        shown(globally, bare));
                if (run > 0) {
                    window.add(windowed.jobTokensPerSecond() / bare);
                    global.add(globally.jobTokensPerSecond() / bare);
                    times.add((double) globally.wall().toMillis()
                            / windowed.wall().toMillis());
                }
            }
            out.printf(
                    Locale.ROOT, """

                    median of the job's rate over the bare loop's: --sort window %.3f, --sort global %.3f
                    median of global's time over window's: %.3f
                    """, Statistics.median(window), Statistics.median(global), Statistics.median(times));
        }
    }

    private void balance(EngineSettings engine, List<DemoCorpus.Text> texts) {
        var sorted = folder.resolve("sorted");
        new BalanceBench(spark, engine, out).run(texts, sorted, () -> job("window", 0, sorted));
    }

    private static String shown(RunSummary job, double bare) {
        return String.format(
                Locale.ROOT,
                "%,.0f (%.3f; %.1f s, %,d texts encoded, largest task %.2f)",
                job.jobTokensPerSecond(),
                job.jobTokensPerSecond() / bare,
                job.wall().toMillis() / 1e3,
                job.counts().get(Count.ENCODED_ROWS),
                job.largestTask());
    }

    /** Each text as often as wished, with ids of their own, in an order that a fixed seed draws. */
    private List<DemoCorpus.Text> repeated(List<DemoCorpus.Text> texts) {
        var repeated = new ArrayList<DemoCorpus.Text>();
        for (var copy = 0; copy < options.get(BenchOptions.REPEAT); copy++) {
            for (var text : texts) {
                repeated.add(new DemoCorpus.Text(text.id() + "#" + copy, text.source(), text.text()));
            }
        }
        Collections.shuffle(repeated, new Random(SEED));
        return repeated;
    }

    private RunSummary job(String sort, int run) {
        return job(sort, run, folder.resolve("corpus.jsonl"));
    }

    private RunSummary job(String sort, int run, Path input) {
        return EmbedJob.of(jobOptions(sort, run, input), spark.sparkContext().getConf(), QUIET)
                .run(spark);
    }

    private OptionValues jobOptions(String sort, int run, Path input) {
        var given = given(List.of(
                EncodeOptions.MODEL,
                EncodeOptions.PRECISION,
                EncodeOptions.PATH,
                EncodeOptions.DEVICE,
                EncodeOptions.MAX_BATCH_TOKENS,
                EncodeOptions.WINDOW_ROWS,
                EncodeOptions.DEDUPE_CACHE));
        shape.ifPresent(model -> given.put(EncodeOptions.MODEL.name(), List.of(model.toString())));
        given.put(EmbedOptions.INPUT.name(), List.of(input.toString()));
        given.put(EmbedOptions.INPUT_FORMAT.name(), List.of("json"));
        given.put(EmbedOptions.INPUT_SCHEMA.name(), List.of("id STRING, source STRING, text STRING"));
        given.put(
                EmbedOptions.OUTPUT.name(),
                List.of(folder.resolve(sort + "-" + run).toString()));
        given.put(EmbedOptions.SORT.name(), List.of(sort));
        return OptionValues.read(EmbedOptions.ALL, Map.of(), given);
    }

    /** Those of them that were given, by name, as text. */
    private Map<String, List<String>> given(List<Option<?>> wanted) {
        var given = new HashMap<String, List<String>>();
        for (var option : wanted) {
            if (options.isGiven(option)) {
                given.put(option.name(), List.of(options.asText().get(option.name())));
            }
        }
        return given;
    }
}
