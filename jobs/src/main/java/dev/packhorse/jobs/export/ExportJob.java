package dev.packhorse.jobs.export;

import dev.packhorse.jobs.embed.SparkWork;
import dev.packhorse.jobs.options.ExportOptions;
import dev.packhorse.jobs.options.ReindexOptions;
import dev.packhorse.jobs.outcome.ExitCode;
import dev.packhorse.jobs.report.RunLine;
import dev.packhorse.stores.Stores;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.udf.files.HadoopSettings;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * Keeps a vector store in step with embeddings: sends all rows the first time, and what changed afterwards. Immutable; one run at
 * a time on a store.
 */
public final class ExportJob implements SparkWork {

    private final OptionValues options;
    private final Store store;
    private final PrintStream out;

    private ExportJob(OptionValues options, Store store, PrintStream out) {
        this.options = options;
        this.store = store;
        this.out = out;
    }

    /**
     * Checks all that can be checked without Spark, and without the store.
     *
     * @param conf the settings that Spark will have; gets what the source needs
     * @param out where progress goes
     * @throws OptionException naming what does not fit
     */
    public static ExportJob of(OptionValues options, SparkConf conf, PrintStream out) {
        return of(options, conf, out, System.getenv());
    }

    /** The same with an environment to find secrets in. */
    static ExportJob of(OptionValues options, SparkConf conf, PrintStream out, Map<String, String> environment) {
        try {
            options.get(ExportOptions.FROM);
            var kind = Stores.kind(options.get(ExportOptions.TO));
            checkOptions(kind, options);
            var hadoop = HadoopSettings.of(conf);
            var secrets = SecretsFinder.find(kind, environment, options.find(ExportOptions.SECRETS_FILE), hadoop);
            var store = kind.open(new StoreRequest(options.get(ExportOptions.TO), options, secrets, settings(hadoop)));
            SourceOpener.prepare(options, conf);
            return new ExportJob(options, store, out);
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

    private static Map<String, String> settings(Configuration hadoop) {
        var settings = new HashMap<String, String>();
        hadoop.forEach(entry -> settings.put(entry.getKey(), entry.getValue()));
        return settings;
    }

    /** What is said of another kind of store would mean nothing. */
    private static void checkOptions(StoreKind kind, OptionValues options) {
        for (var other : Stores.kinds()) {
            for (Option<?> option : other.options()) {
                if (options.isGiven(option) && !kind.options().contains(option)) {
                    throw new OptionException("%s: expected with --to %s:, found with --to %s:"
                            .formatted(option.flag(), other.scheme(), kind.scheme()));
                }
            }
        }
    }

    /**
     * Runs it.
     *
     * @throws OptionException when source, store and options do not fit each other
     * @throws dev.packhorse.jobs.outcome.JobException when it ends otherwise than it should
     */
    @Override
    public void run(SparkSession spark) {
        new ExportRun(spark, options, store, out).run();
    }
}
