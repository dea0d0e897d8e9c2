package dev.packhorse.jobs.charts;

import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.jobs.page.Page;
import dev.packhorse.jobs.page.Table;
import dev.packhorse.jobs.report.RunSummary;
import dev.packhorse.jobs.shuffle.RowKeys;
import dev.packhorse.jobs.source.Source;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.RunAccumulator;
import dev.packhorse.udf.metrics.RunReport;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import dev.packhorse.udf.rows.OutputColumns;
import dev.packhorse.udf.rows.TextColumns;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The report page of a run: collects what it shows while the run goes on, and writes it at the end; does nothing where no page
 * was asked for. What a run has published is worth more than a page about it: where something fails here, a warning says so, and
 * the run goes on. Not thread-safe: one run's, on its driver.
 */
public final class RunPage {

    private static final Logger LOG = LoggerFactory.getLogger(RunPage.class);

    private final Optional<PageFile> file;
    private final int wanted;
    private final boolean textsShown;
    private final SparkSession spark;
    private final PrintStream out;
    private final List<VectorSample> sample = new ArrayList<>();
    private final List<Table> tables = new ArrayList<>();
    private RunReport report = new RunReport(Map.of(), Map.of());
    private Duration taskTime = Duration.ZERO;
    private boolean textsLeftOut;
    private String missing = "No vector was made.";

    private RunPage(Optional<PageFile> file, OptionValues options, SparkSession spark, PrintStream out) {
        this.file = file;
        this.wanted = options.get(EmbedOptions.REPORT_SAMPLE);
        this.textsShown = options.get(EmbedOptions.REPORT_TEXTS);
        this.spark = spark;
        this.out = out;
    }

    /**
     * Checks what the options say of a page.
     *
     * @param folder the option that names a folder of rows, where there is one
     * @throws OptionException when there can be no such page
     */
    public static void check(OptionValues options, Optional<Option<String>> folder, Configuration conf) {
        var place = options.find(EmbedOptions.REPORT_PAGE);
        if (place.isPresent()) {
            folder.ifPresent(option -> new PageFile(place.get()).checkBeside(option.flag(), options.get(option), conf));
            return;
        }
        for (Option<?> option : List.of(EmbedOptions.REPORT_SAMPLE, EmbedOptions.REPORT_TEXTS)) {
            if (options.isGiven(option)) {
                throw new OptionException("%s: expected with %s, found without"
                        .formatted(option.flag(), EmbedOptions.REPORT_PAGE.flag()));
            }
        }
    }

    /** The page that the options ask for, perhaps none. */
    public static RunPage of(OptionValues options, SparkSession spark, PrintStream out) {
        return new RunPage(options.find(EmbedOptions.REPORT_PAGE).map(PageFile::new), options, spark, out);
    }

    /** Whether there will be one. */
    public boolean isWanted() {
        return file.isPresent();
    }

    /** Counts for the tasks of the run; with what the page needs of them. To be registered. */
    public RunAccumulator accumulator() {
        return new RunAccumulator(file.isPresent());
    }

    /** Takes what tasks counted, and how long they ran, all together. */
    public void work(RunReport counted, Duration ran) {
        report = counted;
        taskTime = ran;
    }

    /** Takes a table of what else there is to say. */
    public void table(Table table) {
        tables.add(table);
    }

    /**
     * Draws some vectors, and reads their texts from the source, while both are there.
     *
     * @param rows in the columns of the result, with vectors of float32, read from the files of tasks
     * @param check a column of theirs by which a row of the source is known again, see {@link RowKeys#check}
     * @param count of the rows
     */
    public void sample(Dataset<Row> rows, String check, long count, Source source) {
        sample(() -> VectorSample.Rows.ofFiles(rows, functions.col(check), count, wanted), () -> texts(source));
    }

    private Optional<VectorSample.Texts> texts(Source source) {
        if (!source.onePass()) {
            textsLeftOut = true; // a query of several stages would run again, and may give other rows
            return Optional.empty();
        }
        var key = RowKeys.check(source.columns(), source.rows().schema());
        var text = TextColumns.quoted(source.columns().text());
        return Optional.of(new VectorSample.Texts(source.rows(), key, text));
    }

    /**
     * The same where texts are put down already.
     *
     * @param rows in the columns of the result, with vectors of float32
     * @param texts with the ids of the rows
     * @param text the column of the texts
     */
    public void sample(Dataset<Row> rows, Dataset<Row> texts, String text) {
        var id = functions.col(OutputColumns.ID);
        sample(
                () -> new VectorSample.Rows(rows, id),
                () -> Optional.of(new VectorSample.Texts(texts, id, functions.col(text))));
    }

    private void sample(Supplier<VectorSample.Rows> rows, Supplier<Optional<VectorSample.Texts>> texts) {
        if (file.isEmpty() || wanted == 0) {
            return;
        }
        try {
            sample.addAll(VectorSample.draw(rows.get(), wanted, textsShown ? texts.get() : Optional.empty()));
        } catch (Exception | LinkageError | OutOfMemoryError e) { // as Spark throws them, checked ones among them
            LOG.warn("could not draw vectors for the report page", e);
            missing = "Vectors could not be drawn: " + firstLine(e);
            return;
        }
        sample.sort(Comparator.comparingLong(VectorSample::order));
        if (sample.size() > wanted) { // of several batches
            sample.subList(wanted, sample.size()).clear();
        }
    }

    private static String firstLine(Throwable failure) {
        return String.valueOf(failure).lines().findFirst().orElse("");
    }

    /** Writes the page of the embed job. */
    public void write(RunSummary run) {
        write(() -> {
            var page = Page.titled("Packhorse embed", run.output()).facts(facts(run));
            if (run.taken().rows() > 0) {
                page.section(
                        "Taken over",
                        String.format(
                                Locale.ROOT,
                                "%,d of the rows are of a run that died; the charts are of the %,d that were embedded after it.",
                                run.taken().rows(),
                                run.counts().get(Count.ROWS)));
            }
            work(run.report(), run.taskTime());
            addWork(page);
            addVectors(page);
            return page;
        });
    }

    /**
     * Writes the page of a job that has steps of its own, whatever its end.
     *
     * @param title which job
     * @param subtitle on what
     * @param facts what there is to say of the run
     * @param steps seconds by step
     */
    public void write(String title, String subtitle, Map<String, String> facts, Map<String, Double> steps) {
        write(() -> {
            var all = new LinkedHashMap<>(facts);
            if (!report.executors().isEmpty()) {
                all.put("encoder", RunSummary.encoder(report));
            }
            all.putAll(surroundings());
            var page = Page.titled(title, subtitle).facts(all);
            page.section("Steps", "").chart(WorkCharts.steps("Time by step", "Seconds of the run.", steps));
            tables.forEach(page::table);
            addWork(page);
            addVectors(page);
            return page;
        });
    }

    /** What makes a page; throws what it throws. */
    @FunctionalInterface
    private interface Making {
        Page make();
    }

    private void write(Making making) {
        file.ifPresent(place -> {
            try {
                place.write(making.make(), spark.sessionState().newHadoopConf());
                out.printf("report page  %s%n", place.place());
            } catch (IOException
                    | RuntimeException
                    | LinkageError
                    | OutOfMemoryError e) { // whatever it is: the rows are written
                LOG.warn("could not write the report page {}", place.place(), e);
                out.printf(
                        "WARNING: --report-page %s could not be written: %s; the run itself is not touched by that%n",
                        place.place(), firstLine(e));
            }
        });
    }

    private void addWork(Page page) {
        var texts = new TextCharts(report);
        page.section("Texts", "").chart(texts.lengths()).chart(texts.padding());
        var steps = RunSummary.stepSeconds(report, taskTime);
        page.section("Work", "")
                .chart(WorkCharts.throughput(report))
                .chart(WorkCharts.steps("Time of tasks by step", "Seconds that all tasks spent, added up.", steps))
                .chart(WorkCharts.tasks(report))
                .chart(WorkCharts.errors(RunSummary.errorsByReason(report)));
    }

    private void addVectors(Page page) {
        if (wanted == 0) {
            return; // as it was asked for
        }
        if (sample.size() < VectorMap.FEWEST) {
            page.section(
                    "Vectors",
                    sample.isEmpty()
                            ? missing
                            : "A map takes %d vectors or more, and there are %d."
                                    .formatted(VectorMap.FEWEST, sample.size()));
            return;
        }
        page.section(
                        "Vectors",
                        textsLeftOut
                                ? "Texts are left out: the source is a query of several stages, which would have to run again for them."
                                : "")
                .chart(VectorMap.of(sample));
    }

    private Map<String, String> facts(RunSummary run) {
        var counts = run.counts();
        var facts = new LinkedHashMap<String, String>();
        facts.put("model", run.model());
        facts.put("encoder", run.encoder());
        facts.put("fingerprint", run.fingerprint().substring(0, 16));
        facts.put("rows read", number(run.rows()));
        facts.put("vectors", number(run.written().vectors()));
        facts.put("errors", number(run.written().errors()));
        facts.put("texts met again", number(counts.get(Count.DUPLICATES)));
        facts.put("truncated texts", number(counts.get(Count.TRUNCATED_ROWS)));
        if (counts.get(Count.CHUNKED_ROWS) > 0) {
            facts.put(
                    "chunks",
                    "%s of %s long texts"
                            .formatted(number(counts.get(Count.CHUNKS)), number(counts.get(Count.CHUNKED_ROWS))));
        }
        facts.put("tokens", number(counts.get(Count.TOKENS)));
        facts.put("encoder's real tokens/s", number(Math.round(run.encoderTokensPerSecond())));
        facts.put("job's real tokens/s", number(Math.round(run.jobTokensPerSecond())));
        facts.put("duration", String.format(Locale.ROOT, "%.1f s", run.wall().toMillis() / 1e3));
        facts.put(
                "output",
                String.format(
                        Locale.ROOT,
                        "%,d %s, %.1f MiB",
                        run.written().files(),
                        run.written().files() == 1 ? "file" : "files",
                        run.written().bytes() / 0x1p20));
        facts.putAll(surroundings());
        return facts;
    }

    private Map<String, String> surroundings() {
        var facts = new LinkedHashMap<String, String>();
        facts.put(spark.sparkContext().isLocal() ? "machine" : "the driver's machine", Machine.description());
        facts.put("Spark", "%s on Java %s".formatted(spark.version(), System.getProperty("java.version")));
        return facts;
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
