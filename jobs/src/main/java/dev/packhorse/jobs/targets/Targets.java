package dev.packhorse.jobs.targets;

import dev.packhorse.jobs.options.ReindexOptions;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.io.IOException;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** Opens the target that options name. Thread-safe: it has no state. */
public final class Targets {

    private static final Pattern TABLE = Pattern.compile("[\\w-]+(\\.[\\w-]+)*");

    private Targets() {}

    /**
     * Checks what can be checked without Spark, and puts what the target needs into the settings of the session to come.
     *
     * @throws OptionException when the name does not fit, or Iceberg is not there
     */
    public static void prepare(OptionValues options, SparkConf conf) {
        var target = options.get(ReindexOptions.TARGET);
        switch (options.get(ReindexOptions.TARGET_FORMAT)) {
            case ICEBERG -> {
                if (!TABLE.matcher(target).matches()) {
                    throw new OptionException(
                            "--target %s: expected a table such as vectors or catalog.database.vectors; for a folder set --target-format parquet"
                                    .formatted(target));
                }
                IcebergName.prepare(conf);
            }
            case PARQUET -> {
                if (options.isGiven(ReindexOptions.WAREHOUSE)) {
                    throw new OptionException(
                            "--warehouse: expected with --target-format iceberg, found with parquet, whose --target is a folder");
                }
            }
        }
    }

    /** Whether a name may be that of a table. */
    public static boolean isTableName(String name) {
        return TABLE.matcher(name).matches();
    }

    /** Whether Iceberg is on the class path. */
    public static boolean icebergIsThere() {
        return IcebergName.isThere();
    }

    /** Whether there is an Iceberg table of the target's name. */
    public static boolean exists(SparkSession spark, OptionValues options) {
        var name = IcebergName.of(spark, options.get(ReindexOptions.TARGET), options.get(ReindexOptions.WAREHOUSE));
        return spark.catalog().tableExists(name.quoted());
    }

    /**
     * Whether a folder is one of versions.
     *
     * @throws IOException when it cannot be looked at
     */
    public static boolean isVersioned(FileSystem files, Path folder) throws IOException {
        return files.exists(new Path(folder, Pointer.FILE));
    }

    /**
     * Opens it for a run, and makes it where there is none.
     *
     * @param schema of its rows
     * @throws OptionException when it has other columns, or cannot be reached
     */
    public static Target open(SparkSession spark, OptionValues options, StructType schema) {
        var target = options.get(ReindexOptions.TARGET);
        return switch (options.get(ReindexOptions.TARGET_FORMAT)) {
            case ICEBERG ->
                IcebergTarget.open(spark, IcebergName.of(spark, target, options.get(ReindexOptions.WAREHOUSE)), schema);
            case PARQUET -> ParquetTarget.open(spark, target, schema);
        };
    }

    /**
     * Opens one that is there, to look at its versions.
     *
     * @throws OptionException when it is not there
     */
    public static Target open(SparkSession spark, OptionValues options) {
        var target = options.get(ReindexOptions.TARGET);
        return switch (options.get(ReindexOptions.TARGET_FORMAT)) {
            case ICEBERG ->
                IcebergTarget.open(spark, IcebergName.of(spark, target, options.get(ReindexOptions.WAREHOUSE)));
            case PARQUET -> ParquetTarget.open(spark, target);
        };
    }
}
