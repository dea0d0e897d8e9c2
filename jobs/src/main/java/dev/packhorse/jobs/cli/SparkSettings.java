package dev.packhorse.jobs.cli;

import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionType;
import dev.packhorse.udf.options.OptionValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.spark.SparkConf;

/**
 * The Spark configuration of a run. spark-submit brings one; the launcher, which runs without it, knows the two of its
 * options that matter there.
 */
final class SparkSettings {

    static final Option<Map<String, String>> CONF =
            Option.of("conf", OptionType.pairs(), Map.of(), "A Spark setting, as for spark-submit.");

    static final Option<String> PROPERTIES_FILE =
            Option.of("properties-file", OptionType.text(), "A file of Spark settings, as for spark-submit.");

    /** Both, in the order in which people read them. */
    static final List<Option<?>> ALL = List.of(CONF, PROPERTIES_FILE);

    /** What Packhorse prefers where nobody has said otherwise. */
    private static final Map<String, String> DEFAULTS = Map.of(
            "spark.app.name", "packhorse",
            "spark.master", "local[*]",
            // texts are small beside the work they make: finer tasks balance better and are cheaper to run again
            "spark.sql.files.maxPartitionBytes", "16m",
            "spark.sql.session.timeZone", "UTC");

    private static final Map<String, String> LOCAL_DEFAULTS = Map.of(
            "spark.ui.enabled", "false",
            "spark.ui.showConsoleProgress", "false",
            "spark.driver.host", "localhost",
            "spark.driver.bindAddress", "127.0.0.1",
            // not in the folder that one happens to be in
            "spark.sql.warehouse.dir",
                    Path.of(System.getProperty("java.io.tmpdir"), "packhorse-warehouse")
                            .toUri()
                            .toString(),
            // of the 200 that are Spark's own most would hold nothing, and each costs
            "spark.sql.shuffle.partitions",
                    String.valueOf(4 * Runtime.getRuntime().availableProcessors()),
            // how often a running task's counts reach the progress line
            "spark.executor.heartbeatInterval", "1s");

    private SparkSettings() {}

    /** @throws OptionException when an option or the properties file cannot be read */
    static SparkConf conf(Map<String, List<String>> given) {
        var conf = new SparkConf(); // with the system properties that spark-submit set
        var named = new LinkedHashMap<String, String>();
        var values = OptionValues.read(ALL, Map.of(), given);
        values.find(PROPERTIES_FILE).ifPresent(file -> named.putAll(read(Path.of(file))));
        named.putAll(values.get(CONF));
        named.forEach(conf::set);
        DEFAULTS.forEach(conf::setIfMissing);
        if (conf.get("spark.master").equals("local") || conf.get("spark.master").startsWith("local[")) {
            LOCAL_DEFAULTS.forEach(conf::setIfMissing);
        }
        return conf;
    }

    private static Map<String, String> read(Path file) {
        var properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new OptionException(
                    "%s %s: expected a readable file, found: %s".formatted(PROPERTIES_FILE.flag(), file, e));
        }
        var settings = new LinkedHashMap<String, String>();
        properties
                .stringPropertyNames()
                .forEach(key -> settings.put(key, properties.getProperty(key).strip()));
        return settings;
    }
}
