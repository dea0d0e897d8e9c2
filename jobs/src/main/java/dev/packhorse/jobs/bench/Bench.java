package dev.packhorse.jobs.bench;

import dev.packhorse.engine.EncoderLoop;
import dev.packhorse.engine.EngineSettings;
import dev.packhorse.jobs.demo.DemoCorpus;
import dev.packhorse.jobs.embed.EmbedJob;
import dev.packhorse.jobs.embed.SparkWork;
import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.jobs.report.RunSummary;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.OptionValues;
import dev.packhorse.udf.resident.ResidentEngines;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
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

    private Bench(OptionValues options, PrintStream out, SparkSession spark, Path folder) {
        this.options = options;
        this.out = out;
        this.spark = spark;
        this.folder = folder;
    }

    /**
     * Checks the options.
     *
     * @param out gets the figures
     * @throws dev.packhorse.udf.options.OptionException when the folder of the texts' jars is not to be found
     */
    public static SparkWork prepare(OptionValues options, SparkConf conf, PrintStream out) {
        var corpus = DemoCorpus.open();
        return spark -> {
            var folder = temporaryFolder();
            try {
                new Bench(options, out, spark, folder).run(corpus);
            } finally {
                delete(folder);
            }
        };
    }

    private void run(DemoCorpus corpus) {
        var texts = corpus.sample(options.get(BenchOptions.GLOSSES), options.get(BenchOptions.PASSAGES));
        DemoCorpus.write(repeated(texts), folder.resolve("corpus.jsonl"));
        var engine = EmbedJob.of(
                        jobOptions("window", 0, folder), spark.sparkContext().getConf(), out)
                .engine(spark);
        var rows = tokenize(engine, texts);
        var tokens = rows.stream().mapToLong(row -> row.length).sum();
        out.printf(
                Locale.ROOT,
                "%s, %d cores, %s %s, Java %s%n%s, %,d texts, %,d tokens, mean %.0f; each text %d times%n%n",
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                System.getProperty("java.version"),
                engine.model().name(),
                texts.size(),
                tokens,
                (double) tokens / texts.size(),
                options.get(BenchOptions.REPEAT));
        switch (options.get(BenchOptions.WHAT)) {
            case ALL -> {
                encoders(engine, rows);
                jobs(engine, rows, tokens);
            }
            case ENCODERS -> encoders(engine, rows);
            case JOBS -> jobs(engine, rows, tokens);
            case BALANCE -> balance(engine, texts);
            case EXPORT -> new ExportBench(spark, folder, options, out).run();
            case SQL ->
                new SqlBench(spark, folder, options, run -> job("window", run), out)
                        .run(options.get(BenchOptions.RUNS));
        }
    }

    private void encoders(EngineSettings engine, List<int[]> rows) {
        new EncoderBench(
                        engine.model(),
                        rows,
                        engine.maxBatchTokens(),
                        spark.sparkContext().defaultParallelism(),
                        out)
                .run(options.get(BenchOptions.RUNS));
    }

    private void jobs(EngineSettings engine, List<int[]> rows, long tokens) {
        var threads = spark.sparkContext().defaultParallelism();
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

    private static List<int[]> tokenize(EngineSettings engine, List<DemoCorpus.Text> texts) {
        try (var lease = ResidentEngines.lease(engine)) {
            return texts.stream()
                    .map(text -> lease.engine().tokenize(text.text()).ids())
                    .toList();
        }
    }

    private RunSummary job(String sort, int run) {
        return job(sort, run, folder.resolve("corpus.jsonl"));
    }

    private RunSummary job(String sort, int run, Path input) {
        return EmbedJob.of(jobOptions(sort, run, input), spark.sparkContext().getConf(), QUIET)
                .run(spark);
    }

    private OptionValues jobOptions(String sort, int run, Path input) {
        var given = new HashMap<String, List<String>>();
        for (var option : List.of(
                EncodeOptions.MODEL,
                EncodeOptions.PRECISION,
                EncodeOptions.PATH,
                EncodeOptions.MAX_BATCH_TOKENS,
                EncodeOptions.WINDOW_ROWS,
                EncodeOptions.DEDUPE_CACHE)) {
            if (options.isGiven(option)) {
                given.put(option.name(), List.of(options.asText().get(option.name())));
            }
        }
        given.put(EmbedOptions.INPUT.name(), List.of(input.toString()));
        given.put(EmbedOptions.INPUT_FORMAT.name(), List.of("json"));
        given.put(EmbedOptions.INPUT_SCHEMA.name(), List.of("id STRING, source STRING, text STRING"));
        given.put(
                EmbedOptions.OUTPUT.name(),
                List.of(folder.resolve(sort + "-" + run).toString()));
        given.put(EmbedOptions.SORT.name(), List.of(sort));
        return OptionValues.read(EmbedOptions.ALL, Map.of(), given);
    }

    private static String processor() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown processor");
        } catch (IOException e) {
            return "unknown processor";
        }
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("packhorse-bench-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
