package dev.packhorse.jobs.reindex;

import dev.packhorse.jobs.embed.SparkWork;
import dev.packhorse.jobs.options.VersionsOptions;
import dev.packhorse.jobs.targets.Marks;
import dev.packhorse.jobs.targets.Target;
import dev.packhorse.jobs.targets.Targets;
import dev.packhorse.jobs.targets.Version;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.io.PrintStream;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** Lists what a target has published, and makes an older version the current one. Immutable. */
public final class VersionsJob implements SparkWork {

    private final OptionValues options;
    private final PrintStream out;

    private VersionsJob(OptionValues options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /**
     * Checks all that can be checked without Spark.
     *
     * @param conf the settings that Spark will have; gets what the target needs
     * @param out gets the list
     * @throws OptionException naming what does not fit
     */
    public static VersionsJob of(OptionValues options, SparkConf conf, PrintStream out) {
        Targets.prepare(options, conf);
        return new VersionsJob(options, out);
    }

    /** @throws OptionException when there is no such target, or no such version */
    @Override
    public void run(SparkSession spark) {
        var target = Targets.open(spark, options);
        options.find(VersionsOptions.ROLL_BACK_TO).ifPresent(version -> {
            target.rollBack(version);
            out.printf("%s is at version %s again%n", target, version);
        });
        list(options.isGiven(VersionsOptions.ROLL_BACK_TO) ? Targets.open(spark, options) : target);
    }

    private void list(Target target) {
        for (var version : target.versions()) {
            out.println(line(version));
        }
    }

    private static String line(Version version) {
        Map<String, String> marks = version.marks();
        var about = marks.containsKey(Marks.RUN)
                ? "run %s: %s rows of the source, %s texts encoded, %s"
                        .formatted(
                                marks.get(Marks.RUN),
                                marks.getOrDefault(Marks.SOURCE_ROWS, "?"),
                                marks.getOrDefault(Marks.ENCODED, "?"),
                                marks.getOrDefault(Marks.MODEL, "?"))
                : "not of a run";
        return "%s %s  %s  %s".formatted(version.current() ? "*" : " ", version.id(), version.created(), about);
    }
}
