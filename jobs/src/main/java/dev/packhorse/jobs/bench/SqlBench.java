package dev.packhorse.jobs.bench;

import dev.packhorse.jobs.report.RunSummary;
import dev.packhorse.udf.PackhorseFunctions;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionValues;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * Measures {@code SELECT id, embed(text)}, written to Parquet, against the embed job over the same file, in turns; and the same
 * query with three calls on one text.
 */
record SqlBench(SparkSession spark, Path folder, OptionValues options, IntFunction<RunSummary> job, PrintStream out) {

    /** Prints each run's times and the medians of the ratios. The first run warms up and is not counted. */
    void run(int runs) {
        PackhorseFunctions.register(spark);
        spark.read()
                .schema("id STRING, source STRING, text STRING")
                .json(folder.resolve("corpus.jsonl").toString())
                .createOrReplaceTempView("corpus");
        var embed = "embed(text, map(%s))".formatted(given());
        var once = "SELECT id, %s AS embedding FROM corpus".formatted(embed);
        var thrice = "SELECT id, %1$s AS embedding, dot_product(%1$s, %1$s) AS square FROM corpus".formatted(embed);
        var onceRatios = new ArrayList<Double>();
        var thriceRatios = new ArrayList<Double>();
        out.println("SQL against the embed job:");
        for (var run = 0; run <= runs; run++) {
            var jobSeconds = job.apply(run).wall().toNanos() / 1e9;
            var onceSeconds = seconds(once);
            var thriceSeconds = seconds(thrice);
            out.printf(
                    Locale.ROOT,
                    "%s embed job %.1f s | SELECT id, embed(text) %.1f s (%.3f) | with three calls %.1f s (%.3f of one)%n",
                    run == 0 ? "warm-up:" : "run " + run + ":  ",
                    jobSeconds,
                    onceSeconds,
                    onceSeconds / jobSeconds,
                    thriceSeconds,
                    thriceSeconds / onceSeconds);
            if (run > 0) {
                onceRatios.add(onceSeconds / jobSeconds);
                thriceRatios.add(thriceSeconds / onceSeconds);
            }
        }
        out.printf(
                Locale.ROOT,
                "%nmedian of the query's time over the job's: %.3f; of three calls over one: %.3f%n",
                Statistics.median(onceRatios),
                Statistics.median(thriceRatios));
    }

    private double seconds(String query) {
        var start = System.nanoTime();
        spark.sql(query)
                .write()
                .mode(SaveMode.Overwrite)
                .parquet(folder.resolve("sql").toString());
        return (System.nanoTime() - start) / 1e9;
    }

    /** The options of the encoding that both sides get. */
    private String given() {
        return List.of(
                        EncodeOptions.MODEL,
                        EncodeOptions.PRECISION,
                        EncodeOptions.PATH,
                        EncodeOptions.MAX_BATCH_TOKENS,
                        EncodeOptions.WINDOW_ROWS,
                        EncodeOptions.DEDUPE_CACHE)
                .stream()
                .map(option -> "'%s', '%s'".formatted(option.name(), text(option)))
                .collect(Collectors.joining(", "));
    }

    private <T> String text(Option<T> option) {
        return option.type().writer().apply(options.get(option));
    }
}
