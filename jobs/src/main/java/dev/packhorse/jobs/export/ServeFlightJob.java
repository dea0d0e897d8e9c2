package dev.packhorse.jobs.export;

import dev.packhorse.jobs.embed.SparkWork;
import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.jobs.options.ExportOptions;
import dev.packhorse.jobs.options.ServeFlightOptions;
import dev.packhorse.stores.Stores;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.StoreOptions;
import dev.packhorse.stores.flight.FlightServing;
import dev.packhorse.stores.flight.SparkRowsResult;
import dev.packhorse.udf.files.HadoopSettings;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;

/** Hands out what embed or reindex made, as it is when this begins, to any Arrow Flight client until it is told to end. */
public final class ServeFlightJob implements SparkWork {

    private final OptionValues options;
    private final Secrets secrets;
    private final PrintStream out;

    private ServeFlightJob(OptionValues options, Secrets secrets, PrintStream out) {
        this.options = options;
        this.secrets = secrets;
        this.out = out;
    }

    /**
     * Checks what can be checked without Spark.
     *
     * @param conf the settings that Spark will have; gets what the source needs
     * @param out gets the address at which it listens
     * @throws OptionException naming what does not fit
     */
    public static ServeFlightJob of(OptionValues options, SparkConf conf, PrintStream out) {
        options.get(ExportOptions.FROM);
        var secrets = SecretsFinder.find(
                Stores.kind("flight:"),
                System.getenv(),
                options.find(ExportOptions.SECRETS_FILE),
                HadoopSettings.of(conf));
        FlightServing.check(options, secrets);
        SourceOpener.prepare(options, conf);
        return new ServeFlightJob(options, secrets, out);
    }

    /** Serves until its thread is interrupted, or the process is told to end. */
    @Override
    public void run(SparkSession spark) {
        var source = new SourceOpener(spark, options).open();
        var columns = ExportColumns.of(
                source.place(), source.state().rows().schema(), options.get(EmbedOptions.CARRY_COLUMNS));
        var rows = columns.rows(source.state());
        var table = TableOfRows.of(source.place(), source.state(), columns, rows, options.get(StoreOptions.METRIC));
        var parts = rows.queryExecution().toRdd().toJavaRDD().map(InternalRow::copy);
        var result = new SparkRowsResult(
                options.get(ServeFlightOptions.NAME),
                table,
                parts.getNumPartitions(),
                rows.count(),
                options.get(StoreOptions.BATCH_ROWS),
                part -> parts.collectPartitions(new int[] {part})[0].iterator());
        try (var serving = FlightServing.start(List.of(result), options, secrets)) {
            out.printf(
                    Locale.ROOT,
                    "serving      %s, %,d rows in %,d parts, as %s at %s%n",
                    source.place(),
                    result.rows(),
                    result.partitions(),
                    result.name(),
                    serving.address());
            out.flush();
            serving.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
