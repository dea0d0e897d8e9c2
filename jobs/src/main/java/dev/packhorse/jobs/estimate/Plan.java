package dev.packhorse.jobs.estimate;

import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.plan.BatchPlanner;
import dev.packhorse.jobs.embed.SparkWork;
import dev.packhorse.jobs.options.PlanOptions;
import dev.packhorse.jobs.source.SourceReader;
import dev.packhorse.udf.files.DriverFile;
import dev.packhorse.udf.files.SparkModels;
import dev.packhorse.udf.options.OptionValues;
import dev.packhorse.udf.resident.GpuProbe;
import dev.packhorse.udf.rows.EngineChoice;
import dev.packhorse.udf.rows.LongTexts;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** Says what a corpus will cost before it is embedded, by a sample that it embeds on the spot. Immutable. */
public final class Plan implements SparkWork {

    /** What people set by hand, without sorting. */
    private static final int ARRIVAL_BATCH = 32;

    private static final int BAR = 40;

    private final OptionValues options;
    private final Model model;
    private final LongTexts longTexts;
    private final PrintStream out;

    private Plan(OptionValues options, Model model, LongTexts longTexts, PrintStream out) {
        this.options = options;
        this.model = model;
        this.longTexts = longTexts;
        this.out = out;
    }

    /**
     * Checks all that can be checked without Spark.
     *
     * @param out gets what is found
     * @throws RuntimeException (OptionException, ModelException or TokenizerException) naming what does not fit
     */
    public static Plan of(OptionValues options, SparkConf conf, PrintStream out) {
        SourceReader.check(SourceReader.asPaths(options));
        var model = SparkModels.find(options, conf);
        EngineChoice.check(options, model);
        return new Plan(options, model, LongTexts.of(options, model), out);
    }

    @Override
    public void run(SparkSession spark) {
        var source = new SourceReader(spark, SourceReader.resolved(spark, options)).openOrExplain();
        var settings = EngineChoice.of(options, model, GpuProbe.of(spark.sparkContext()))
                .settings(DriverFile.offer(spark.sparkContext(), model));
        var estimate = Estimate.of(spark, source, options, model, longTexts, settings);
        var sample = estimate.sample();
        line(
                "source",
                "%,d rows, %,d bytes of text; sample: %,d",
                sample.rows(),
                sample.bytes(),
                sample.texts().size());
        if (estimate.calibration().isEmpty()) {
            line("tokens", "none: no text of the sample can be encoded");
            return;
        }
        tokens(estimate);
        padding(
                sample.lengths(),
                settings.maxBatchTokens(),
                estimate.calibration().get().padded());
        time(estimate, estimate.calibration().get(), spark);
    }

    private void line(String name, String format, Object... values) {
        out.println("%-12s %s".formatted(name, String.format(Locale.ROOT, format, values)));
    }

    private void tokens(Estimate estimate) {
        var lengths = estimate.sample().lengths();
        var sorted = Arrays.stream(lengths).sorted().toArray();
        line(
                "tokens",
                "about %,.0f; of a text mean %.1f, median %d, 95th percentile %d, longest %d; %.1f%% of the texts are cut",
                estimate.tokens(),
                Arrays.stream(lengths).average().orElse(0),
                sorted[sorted.length / 2],
                sorted[(int) (sorted.length * 0.95)],
                sorted[sorted.length - 1],
                100 * estimate.sample().cutShare());
        var shortest = Integer.highestOneBit(sorted[0]);
        var longest = sorted[sorted.length - 1];
        for (var least = shortest; least <= longest; least *= 2) {
            var from = least;
            var share = (double) Arrays.stream(sorted)
                            .filter(length -> length >= from && length < 2 * from)
                            .count()
                    / sorted.length;
            line(
                    least == shortest ? "lengths" : "",
                    "%6d - %-6d %5.1f%% %s",
                    from,
                    Math.min(longest, 2 * from - 1),
                    100 * share,
                    "#".repeat((int) Math.round(BAR * share)));
        }
    }

    private void padding(int[] lengths, int budget, boolean padded) {
        var sorted = new BatchPlanner(budget, true).plan(lengths);
        var arrival = new ArrayList<int[]>();
        for (var from = 0; from < lengths.length; from += ARRIVAL_BATCH) {
            arrival.add(IntStream.range(from, Math.min(lengths.length, from + ARRIVAL_BATCH))
                    .toArray());
        }
        line(
                "padding",
                "%.1f%% of what is computed; if padded: %.1f%% in sorted batches, %.1f%% in batches of %d as they come",
                padded ? 100 * share(lengths, sorted) : 0.0,
                100 * share(lengths, sorted),
                100 * share(lengths, arrival),
                ARRIVAL_BATCH);
    }

    /** The part of the computed tokens that pads rows to the longest of their batch. */
    private static double share(int[] lengths, List<int[]> batches) {
        var computed = batches.stream()
                .mapToLong(batch -> (long) batch.length
                        * Arrays.stream(batch).map(row -> lengths[row]).max().orElse(0))
                .sum();
        return 1 - (double) Arrays.stream(lengths).sum() / computed;
    }

    private void time(Estimate estimate, Calibration calibration, SparkSession spark) {
        line("encoder", "%s", calibration.encoder());
        line(
                "speed",
                "%,.0f tokens/s of each of %d slots, measured now",
                calibration.tokensPerSecond(),
                calibration.slots());
        line(
                "encoder time",
                "%s on one slot (a core, or a GPU), %s on %d",
                Estimate.time(estimate.encoderSeconds()),
                Estimate.time(estimate.encoderSeconds() / calibration.slots()),
                calibration.slots());
        line(
                "job",
                "about %s on %d slots, with its start and without writing",
                Estimate.time(estimate.jobSeconds(calibration.slots())),
                calibration.slots());
        options.find(PlanOptions.WITHIN).ifPresent(wished -> executors(estimate, wished, spark));
    }

    private void executors(Estimate estimate, Duration wished, SparkSession spark) {
        var conf = spark.sparkContext().getConf();
        var each = spark.sparkContext().isLocal()
                ? estimate.calibration().orElseThrow().slots()
                : Math.max(1, conf.getInt("spark.executor.cores", 1) / conf.getInt("spark.task.cpus", 1));
        estimate.slotsWithin(wished)
                .ifPresentOrElse(
                        slots -> line(
                                "executors",
                                "%d of %d slots for %s: %d slots",
                                (slots + each - 1) / each,
                                each,
                                Estimate.time(wished.toMillis() / 1e3),
                                slots),
                        () -> line(
                                "executors",
                                "none would do for %s: to start takes as long",
                                Estimate.time(wished.toMillis() / 1e3)));
    }
}
