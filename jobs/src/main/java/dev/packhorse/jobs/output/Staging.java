package dev.packhorse.jobs.output;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A folder for rows that are not yet as the output wants them, below the output and hidden from readers by its name.
 * Deleted when it is closed, and when the JVM is told to end; only a process that is killed at once leaves it.
 */
public final class Staging implements AutoCloseable {

    static final String PREFIX = "_packhorse-staging-";

    private final SparkSession spark;
    private final FileSystem files;
    private final Path folder;
    private final Runnable closed;

    private Staging(SparkSession spark, FileSystem files, Path folder, Runnable closed) {
        this.spark = spark;
        this.files = files;
        this.folder = folder;
        this.closed = closed;
    }

    /** @param closed what is to be done after it is deleted */
    static Staging open(SparkSession spark, FileSystem files, Path output, String runId, Runnable closed) {
        var staging = new Staging(spark, files, new Path(output, PREFIX + runId), closed);
        try {
            files.mkdirs(staging.folder);
            files.deleteOnExit(staging.folder);
            return staging;
        } catch (IOException e) {
            throw new UncheckedIOException("could not make " + staging.folder, e);
        }
    }

    /** Computes rows once and keeps them; what comes back reads them, until this is closed. */
    public Dataset<Row> hold(Dataset<Row> rows) {
        // one more level, for Spark takes no notice of what begins with an underscore
        var held = new Path(folder, "rows").toString();
        try (var tasks = LateTasks.watch(spark.sparkContext())) {
            rows.write().format(EmbeddingParquetFormat.class.getName()).save(held);
        }
        return spark.read().schema(rows.schema()).parquet(held);
    }

    @Override
    public void close() {
        try {
            files.delete(folder, true);
            files.cancelDeleteOnExit(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("could not delete " + folder, e);
        }
        closed.run();
    }
}
