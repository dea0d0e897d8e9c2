package dev.packhorse.jobs.output;

import dev.packhorse.engine.output.Ranges;
import dev.packhorse.udf.options.OptionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/**
 * The folder that gets a job's Parquet files, and its manifests in {@code _packhorse/}, where readers of Parquet do not
 * look.
 *
 * <p>New files are always added first; what they replace is deleted after the count of them is right. So a job that
 * fails, at whatever point, leaves the old rows as they were.
 */
public final class OutputFolder {

    private static final String MANIFESTS = "_packhorse";
    private static final String PARTITION_COLUMN = "__packhorse_partition";

    private final SparkSession spark;
    private final Path folder;
    private final FileSystem files;
    private final Configuration conf;
    private final boolean existed;
    private final Set<Path> before;
    private final OldRuns oldRuns;

    private OutputFolder(
            SparkSession spark, Path folder, FileSystem files, Configuration conf, boolean existed, Set<Path> before) {
        this.spark = spark;
        this.folder = folder;
        this.files = files;
        this.conf = conf;
        this.existed = existed;
        this.before = before;
        this.oldRuns = new OldRuns(files, new Path(folder, MANIFESTS));
    }

    /** @throws OptionException when the file system or the folder cannot be read */
    public static OutputFolder open(SparkSession spark, String path) {
        var conf = spark.sessionState().newHadoopConf();
        try {
            var folder = new Path(path);
            var files = folder.getFileSystem(conf);
            var qualified = files.makeQualified(folder);
            return new OutputFolder(
                    spark, qualified, files, conf, files.exists(qualified), new HashSet<>(dataFiles(files, qualified)));
        } catch (IOException | IllegalArgumentException e) {
            throw new OptionException(
                    "--output %s: expected a folder that can be reached, found: %s".formatted(path, e));
        }
    }

    private static List<Path> dataFiles(FileSystem files, Path folder) throws IOException {
        if (!files.exists(folder)) {
            return List.of();
        }
        return Arrays.stream(files.listStatus(folder))
                .filter(status -> status.isFile() && status.getPath().getName().endsWith(".parquet"))
                .map(status -> status.getPath())
                .toList();
    }

    /**
     * Holds the mode against what is there, before the source is looked at.
     *
     * @throws OptionException when the output exists and must not, or holds what this class does not write
     */
    public void check(OutputMode mode) {
        switch (mode) {
            case ERROR -> {
                if (existed) {
                    throw new OptionException(
                            "--output %s: expected a folder that does not exist, found one; set --mode overwrite or append"
                                    .formatted(folder));
                }
            }
            case OVERWRITE, APPEND -> checkNoPartitions(mode);
        }
    }

    /** Rows in folders such as lang=en are neither replaced nor counted: better to say so than to leave them. */
    private void checkNoPartitions(OutputMode mode) {
        try {
            if (!existed) {
                return;
            }
            for (var status : files.listStatus(folder)) {
                var name = status.getPath().getName();
                if (status.isDirectory() && !name.startsWith("_") && !name.startsWith(".")) {
                    throw new OptionException(
                            "--mode %s: expected a folder with files of a Packhorse job, found the folder %s in it"
                                    .formatted(mode.id(), status.getPath()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not look at " + folder, e);
        }
    }

    /**
     * Holds what a job would add against what is there; for mode append.
     *
     * @param footer what the new files will say of themselves
     * @throws OptionException when the vectors are of another model or made in another way, or the columns are others
     */
    public void checkAppend(Map<String, String> footer, StructType schema) {
        try {
            if (!before.isEmpty()) {
                checkSame(footer, schema);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not look at " + folder, e);
        }
    }

    private void checkSame(Map<String, String> footer, StructType schema) throws IOException {
        var runs = oldRuns.check(footer);
        // a job that was killed after its files were committed and before they were counted
        var unfinished = before.parallelStream()
                .filter(file -> !runs.contains(WrittenFiles.run(file, conf)))
                .sorted()
                .findFirst();
        if (unfinished.isPresent()) {
            throw new OptionException(
                    "--mode append: expected files of runs with a manifest, found %s of none; delete it if its job did not finish"
                            .formatted(unfinished.get()));
        }
        var found = spark.read().parquet(folder.toString()).schema();
        if (!found.asNullable().equals(schema.asNullable())) {
            throw new OptionException("--mode append: expected the columns %s, found %s in %s"
                    .formatted(schema.simpleString(), found.simpleString(), folder));
        }
    }

    /**
     * The ranges by which the vectors that are there were quantized, for mode append; nothing where there are none yet.
     *
     * @throws OptionException when they are missing, or not the same in all manifests
     */
    public Optional<Ranges> ranges() {
        try {
            return before.isEmpty() ? Optional.empty() : oldRuns.ranges();
        } catch (IOException e) {
            throw new UncheckedIOException("could not look at " + folder, e);
        }
    }

    /** A place for rows that are to be looked at before they are written. */
    public Staging stage(String runId) {
        return Staging.open(spark, files, folder, runId, this::removeIfEmpty);
    }

    /**
     * Writes rows as new files. Where that fails, at whatever point, the folder is as before.
     *
     * @param runId marks the files
     * @param footer goes into every file's footer, each key with {@code packhorse.} in front
     * @param targetFileSize bytes that files are brought to; 0 for a file a task
     * @return what the new files hold
     */
    public WrittenFiles write(
            Dataset<Row> rows,
            String runId,
            Map<String, String> footer,
            FloatEncoding encoding,
            long targetFileSize,
            int dimension) {
        var written = false;
        try (var tasks = LateTasks.watch(spark.sparkContext())) {
            var writer = (targetFileSize == 0 ? rows : resized(rows, targetFileSize))
                    .write()
                    .format(EmbeddingParquetFormat.class.getName())
                    .mode(SaveMode.Append)
                    .option(EmbeddingParquetFormat.FLOAT_ENCODING_OPTION, encoding.id())
                    .option(EmbeddingParquetFormat.FOOTER_OPTION + WrittenFiles.RUN, runId);
            for (var entry : footer.entrySet()) {
                writer = writer.option(EmbeddingParquetFormat.FOOTER_OPTION + entry.getKey(), entry.getValue());
            }
            writer.save(folder.toString());
            var result = WrittenFiles.read(newFiles(), conf, runId, dimension);
            written = true;
            return result;
        } finally {
            if (!written) {
                discard(runId);
            }
        }
    }

    /**
     * Brings the result of many tasks into few files. Rows of one task stay together and in order, and Spark's adaptive
     * execution joins tasks up to the size that is wanted.
     */
    private Dataset<Row> resized(Dataset<Row> rows, long targetFileSize) {
        spark.conf().set("spark.sql.adaptive.enabled", "true");
        spark.conf().set("spark.sql.adaptive.coalescePartitions.enabled", "true");
        spark.conf().set("spark.sql.adaptive.coalescePartitions.parallelismFirst", "false");
        spark.conf().set("spark.sql.adaptive.advisoryPartitionSizeInBytes", targetFileSize + "b");
        return rows.withColumn(PARTITION_COLUMN, functions.spark_partition_id())
                .hint("rebalance", UnresolvedAttribute.quoted(PARTITION_COLUMN)) // Spark 3.5 takes no Column here
                .drop(PARTITION_COLUMN);
    }

    private List<Path> newFiles() {
        try {
            var found = new ArrayList<>(dataFiles(files, folder));
            found.removeAll(before);
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException("could not list " + folder, e);
        }
    }

    /**
     * Puts the manifest beside the data and, in mode overwrite, deletes what the new files replace.
     *
     * @throws UncheckedIOException when that fails; where the manifest could not be written, the folder is as before
     */
    public void publish(Manifest manifest, OutputMode mode) {
        try {
            var old = oldRuns.manifests();
            write(manifest);
            if (mode == OutputMode.OVERWRITE) {
                for (var file : before) {
                    files.delete(file, false);
                }
                for (var file : old) {
                    files.delete(file, false);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not publish to " + folder, e);
        }
    }

    private void write(Manifest manifest) throws IOException {
        var path = new Path(new Path(folder, MANIFESTS), manifest.fileName());
        try (var out = files.create(path, false)) {
            out.write(manifest.json());
        } catch (IOException e) {
            files.delete(path, false); // it may be there in part
            discard(manifest.runId());
            throw e;
        }
    }

    /** Deletes the files of a run whose count was wrong or that failed, so that the folder is as before. */
    public void discard(String runId) {
        try {
            for (var file : newFiles()) {
                if (WrittenFiles.run(file, conf).equals(runId)) {
                    files.delete(file, false);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not discard the new files of " + folder, e);
        }
        removeIfEmpty();
    }

    /** Removes a folder that this job made and in which nothing is left but Spark's own marks. */
    private void removeIfEmpty() {
        try {
            if (!existed
                    && files.exists(folder)
                    && Arrays.stream(files.listStatus(folder))
                            .allMatch(status -> status.getPath().getName().startsWith("_"))) {
                files.delete(folder, true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not remove " + folder, e);
        }
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
