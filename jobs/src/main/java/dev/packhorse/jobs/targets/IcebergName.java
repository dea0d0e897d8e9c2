package dev.packhorse.jobs.targets;

import dev.packhorse.engine.model.Sha256;
import dev.packhorse.udf.options.OptionException;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * The name of an Iceberg table: in a configured catalog where its first part is one, else in the catalog {@code packhorse}, a
 * plain folder.
 *
 * @param catalog the catalog's
 * @param table the table's in it, with its namespaces
 */
record IcebergName(String catalog, String table) {

    private static final String CATALOG = "packhorse";
    private static final String CATALOGS = "spark.sql.catalog.";
    private static final String EXTENSIONS = "spark.sql.extensions";
    private static final String ICEBERG_EXTENSIONS =
            "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions";
    private static final String ICEBERG_CATALOG = "org.apache.iceberg.spark.SparkCatalog";

    /** Of the artifact that fits; the pom says the same. */
    static final String VERSION = "1.12.0";

    /**
     * Puts what Iceberg needs into the settings of a session that is still to be made.
     *
     * @throws OptionException when Iceberg is not on the class path
     */
    static void prepare(SparkConf conf) {
        if (!isThere()) {
            throw new OptionException(
                    "--target-format iceberg: expected Iceberg on the class path, found none; add --packages %s to spark-submit, or set --target-format parquet"
                            .formatted(artifact()));
        }
        var extensions = conf.get(EXTENSIONS, "");
        if (!Arrays.asList(extensions.split("\\s*,\\s*", -1)).contains(ICEBERG_EXTENSIONS)) {
            conf.set(EXTENSIONS, extensions.isEmpty() ? ICEBERG_EXTENSIONS : extensions + "," + ICEBERG_EXTENSIONS);
        }
    }

    /** Whether Iceberg is on the class path. */
    static boolean isThere() {
        try {
            Class.forName(ICEBERG_EXTENSIONS, false, Thread.currentThread().getContextClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** What spark-submit fetches. */
    static String artifact() {
        var spark = org.apache.spark.package$.MODULE$.SPARK_VERSION().split("\\.", -1);
        var language = scala.util.Properties.versionNumberString().split("\\.", -1);
        return "org.apache.iceberg:iceberg-spark-runtime-%s.%s_%s.%s:%s"
                .formatted(spark[0], spark[1], language[0], language[1], VERSION);
    }

    /**
     * Finds the catalog of a name, and makes the one on a folder known to the session where it is needed.
     *
     * @param warehouse the folder
     */
    static IcebergName of(SparkSession spark, String target, String warehouse) {
        var dot = target.indexOf('.');
        if (dot > 0 && spark.conf().contains(CATALOGS + target.substring(0, dot))) {
            return new IcebergName(target.substring(0, dot), target.substring(dot + 1));
        }
        // as a run says it, and as SQL would have it
        var ours = dot > 0 && target.substring(0, dot).equals(CATALOG);
        return new IcebergName(folderCatalog(spark, warehouse), ours ? target.substring(dot + 1) : target);
    }

    /** A session keeps the catalogs that it has used: another folder is another catalog. */
    private static String folderCatalog(SparkSession spark, String warehouse) {
        var folder = qualified(spark, warehouse);
        var key = CATALOGS + CATALOG;
        var known = spark.conf().contains(key);
        var same = known && spark.conf().get(key + ".warehouse", "").equals(folder);
        var name = !known || same ? CATALOG : CATALOG + "_" + Sha256.hex(folder).substring(0, 8);
        Map.of("", ICEBERG_CATALOG, ".type", "hadoop", ".warehouse", folder)
                .forEach((suffix, value) -> spark.conf().set(CATALOGS + name + suffix, value));
        return name;
    }

    private static String qualified(SparkSession spark, String folder) {
        try {
            var path = new Path(folder);
            return path.getFileSystem(spark.sessionState().newHadoopConf())
                    .makeQualified(path)
                    .toString();
        } catch (java.io.IOException | IllegalArgumentException e) {
            throw new OptionException(
                    "--warehouse %s: expected a folder that can be reached, found: %s".formatted(folder, e));
        }
    }

    /** As SQL names it. */
    String quoted() {
        return Arrays.stream(toString().split("\\.", -1))
                .map(part -> "`" + part + "`")
                .collect(Collectors.joining("."));
    }

    @Override
    public String toString() {
        return catalog + "." + table;
    }
}
