package dev.packhorse.jobs.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.packhorse.jobs.export.ExportJob;
import dev.packhorse.jobs.options.ExportOptions;
import dev.packhorse.jobs.options.ReindexOptions;
import dev.packhorse.stores.Stores;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionValues;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * How fast stores take rows, against Arrow files on this disk: whole exports of random vectors, in turns, into a new place each time.
 * The rate is that of sending and publishing; reading Parquet is in it, as it is in every export.
 */
final class ExportBench {

    private static final String BASELINE = "arrow:";

    private static final PrintStream QUIET = new PrintStream(OutputStream.nullOutputStream());

    private final SparkSession spark;
    private final Path folder;
    private final OptionValues options;
    private final PrintStream out;

    ExportBench(SparkSession spark, Path folder, OptionValues options, PrintStream out) {
        this.spark = spark;
        this.folder = folder;
        this.options = options;
        this.out = out;
    }

    /** What one export said. */
    private record Figures(double rowsPerSecond, double encodeShare, long peakBytes) {

        static Figures of(JsonNode report) {
            var steps = report.path("step_seconds");
            var seconds = steps.path("send").asDouble() + steps.path("publish").asDouble();
            return new Figures(
                    report.path("written").asLong() / seconds,
                    report.path("encode_seconds").asDouble()
                            / report.path("task_seconds").asDouble(),
                    report.path("peak_arrow_bytes").asLong());
        }
    }

    void run() {
        int rows = options.get(BenchOptions.EXPORT_ROWS);
        int dimension = options.get(BenchOptions.EXPORT_DIMENSION);
        int runs = options.get(BenchOptions.RUNS);
        var source = folder.resolve("vectors");
        write(source, rows, dimension);
        var stores = new ArrayList<>(List.of(BASELINE + folder.resolve("arrow-%d")));
        stores.addAll(options.get(BenchOptions.EXPORT_TO));
        out.printf("export of %,d x %d, %d runs after one that is not counted%n", rows, dimension, runs);
        var figures = new LinkedHashMap<String, List<Figures>>();
        for (var run = 0; run <= runs; run++) {
            for (var store : stores) {
                var found = export(source, store, run);
                if (run > 0) {
                    figures.computeIfAbsent(store, unused -> new ArrayList<>()).add(found);
                }
            }
        }
        var baseline = figures.get(stores.get(0));
        figures.forEach((store, all) -> print(store, all, baseline));
    }

    private void print(String store, List<Figures> all, List<Figures> baseline) {
        var ratios = new ArrayList<Double>();
        for (var i = 0; i < all.size(); i++) {
            ratios.add(all.get(i).rowsPerSecond() / baseline.get(i).rowsPerSecond());
        }
        out.printf(
                Locale.ROOT,
                "%-28s %,9.0f rows/s, %.3f of Arrow files; Arrow encoding %.1f%% of the tasks' time, %.1f MiB a task%n",
                store.substring(0, Math.min(28, store.length())),
                Statistics.median(all.stream().map(Figures::rowsPerSecond).toList()),
                Statistics.median(ratios),
                100 * Statistics.median(all.stream().map(Figures::encodeShare).toList()),
                all.stream().mapToLong(Figures::peakBytes).max().orElse(0) / (double) (1 << 20));
    }

    /** Rows as embed writes them; the seed is fixed. */
    private void write(Path place, int rows, int dimension) {
        spark.range(0, rows, 1, 8)
                .selectExpr(
                        "id",
                        "transform(sequence(1, %d), i -> float(rand(17) - 0.5 + i * 0)) AS embedding"
                                .formatted(dimension),
                        "sha2(string(id), 256) AS text_hash",
                        "CAST(NULL AS STRING) AS error",
                        "concat('the title of row ', id) AS title",
                        "id % 100 AS year")
                .write()
                .parquet(place.toString());
    }

    private Figures export(Path source, String store, int run) {
        var report = folder.resolve("report.json");
        var given = new LinkedHashMap<String, List<String>>(Map.of(
                ExportOptions.FROM.name(),
                List.of(source.toString()),
                ExportOptions.MODEL_NAME.name(),
                List.of("random"),
                ExportOptions.TO.name(),
                List.of(store.replace("%d", String.valueOf(run))),
                ReindexOptions.REPORT.name(),
                List.of(report.toString())));
        var kind = Stores.kind(store);
        var more = options.get(BenchOptions.EXPORT_OPTION);
        for (Option<?> option : ExportOptions.all()) {
            var ofOthers = !kind.options().contains(option)
                    && Stores.kinds().stream().anyMatch(other -> other.options().contains(option));
            if (more.containsKey(option.name()) && !ofOthers) {
                given.put(option.name(), List.of(more.get(option.name())));
            }
        }
        var values = OptionValues.read(ExportOptions.all(), Map.of(), given);
        ExportJob.of(values, spark.sparkContext().getConf(), QUIET).run(spark);
        try {
            return Figures.of(new ObjectMapper().readTree(report.toFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
