package dev.packhorse.jobs.output;

import dev.packhorse.engine.output.Ranges;
import dev.packhorse.udf.options.OptionException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.lib.output.FileOutputCommitter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * The folder that gets a job's Parquet files, and its manifests in {@code _packhorse/}, where readers of Parquet do not
 * look.
 *
 * <p>New files are always added first; what they replace is deleted after the count of them is right. So a job that
 * fails, at whatever point, leaves the old rows as they were.
 */
public final class OutputFolder {

    /** The name of the folder of manifests. */
    static final String MANIFESTS = "_packhorse";

    private final SparkSession spark;
    private final Path folder;
    private final FileSystem files;
    private final Configuration conf;
    private final boolean existed;
    private final Set<Path> before;
    private final List<Path> manifests;
    private final OldRuns oldRuns;
    private final DeadRuns deadRuns;

    private OutputFolder(
            SparkSession spark,
            Path folder,
            FileSystem files,
            Configuration conf,
            boolean existed,
            Set<Path> before,
            List<Path> manifests,
            OldRuns oldRuns,
            DeadRuns deadRuns) {
        this.spark = spark;
        this.folder = folder;
        this.files = files;
        this.conf = conf;
        this.existed = existed;
        this.before = before;
        this.manifests = manifests;
        this.oldRuns = oldRuns;
        this.deadRuns = deadRuns;
    }

    /**
     * Looks at the folder, and at the runs that died there: what those left that published nothing counts as not there, and
     * what those were to replace that had published is deleted.
     *
     * @throws OptionException when the file system or the folder cannot be read
     */
    public static OutputFolder open(SparkSession spark, String path) {
        return open(spark, path, Set.of());
    }

    /** The same for runs that are done again, perhaps: files of theirs that no manifest names count as not there. */
    public static OutputFolder open(SparkSession spark, String path, Set<String> again) {
        var conf = spark.sessionState().newHadoopConf();
        try {
            var folder = new Path(path);
            var files = folder.getFileSystem(conf);
            var qualified = files.makeQualified(folder);
            var before = new HashSet<>(dataFiles(files, qualified));
            var oldRuns = new OldRuns(files, new Path(qualified, MANIFESTS));
            var deadRuns = DeadRuns.find(files, conf, qualified, oldRuns, again, List.copyOf(before), Lease.PATIENCE);
            before.removeAll(deadRuns.unfinished());
            before.removeAll(deadRuns.deleteReplaced());
            var existed = files.exists(qualified) && !deadRuns.areAll();
            return new OutputFolder(
                    spark, qualified, files, conf, existed, before, oldRuns.manifests(), oldRuns, deadRuns);
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
            case OVERWRITE -> {
                if (!deadRuns.live().isEmpty()) {
                    throw notAlone(deadRuns.live());
                }
                checkNoPartitions(mode);
            }
            case APPEND -> checkNoPartitions(mode);
        }
    }

    private OptionException notAlone(Set<String> others) {
        return new OptionException(
                "--mode overwrite: expected no other job at work on --output %s, found %s; start again when that has ended"
                        .formatted(folder, String.join(", ", others)));
    }

    /**
     * Looks once more, now that this run can be seen by others: of two that overwrite, none would know what the other
     * wrote.
     *
     * @param runId of this run, which has its staging
     * @throws OptionException when there is another one
     */
    public void checkAlone(String runId) {
        try {
            var others = new TreeSet<String>();
            for (var status : files.listStatus(folder)) {
                if (status.getPath().getName().startsWith(Staging.PREFIX)) {
                    others.add(Staging.run(status.getPath()));
                }
            }
            others.remove(runId);
            if (!others.isEmpty()) {
                throw notAlone(others);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not look at " + folder, e);
        }
    }

    /**
     * Holds a batch of a stream against those that are at work.
     *
     * @throws OptionException when another start has begun it
     */
    public void checkNotBegun(String runId) {
        if (deadRuns.live().contains(runId)) {
            throw new OptionException(
                    "--checkpoint: expected one start at a time, found another that is at work on the batch %s; start again when that has ended"
                            .formatted(runId));
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

    /** The run of a job that had all its rows here and its manifest, and died before it was at its end. */
    public Optional<String> published(String job) {
        return deadRuns.published(job);
    }

    /** Whether a run has a manifest here, and so all its rows. */
    public boolean isFinished(String runId) {
        try {
            return oldRuns.finished().contains(runId);
        } catch (IOException e) {
            throw new UncheckedIOException("could not look at " + folder, e);
        }
    }

    /** The rows of the source that a run read which is here already. */
    public long sourceRows(String runId) {
        try {
            return oldRuns.sourceRows(runId);
        } catch (IOException e) {
            throw new UncheckedIOException("could not look at " + folder, e);
        }
    }

    /** Ends what a run had left to do that had published its rows. */
    public void finish(PrintStream out) {
        try {
            if (deadRuns.clear(out)) {
                oldRuns.clear();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not clear " + folder, e);
        }
    }

    /** What the files of a run hold that is here already. */
    public WrittenFiles written(String runId, int dimension) {
        try {
            return WrittenFiles.read(dataFiles(files, folder), conf, runId, dimension);
        } catch (IOException e) {
            throw new UncheckedIOException("could not list " + folder, e);
        }
    }

    /**
     * A place for rows until they are published; what other runs left that died is deleted.
     *
     * @param resumed whether it outlives this process where that is told to end
     */
    public Staging stage(String runId, boolean resumed, PrintStream out) {
        finish(out);
        return Staging.open(spark, files, folder, runId, !resumed, this::removeIfEmpty);
    }

    /**
     * The place of a run that died, for a run that goes on with it.
     *
     * @param deciding what decides rows and vectors
     * @param taken gets its plan
     * @return nothing where there is none
     * @throws OptionException where there are some, and none of them fits
     */
    public Optional<Staging> resume(
            String runId, Map<String, String> deciding, Consumer<RunPlan> taken, PrintStream out) {
        try {
            var plan = deadRuns.take(runId, deciding, out);
            if (plan.isEmpty()) {
                return Optional.empty();
            }
            var staging = stage(runId, true, out);
            staging.save(plan.get());
            staging.keepCommitted();
            taken.accept(plan.get());
            return Optional.of(staging);
        } catch (IOException e) {
            throw new UncheckedIOException("could not go on with what is in " + folder, e);
        }
    }

    /**
     * Writes rows as new files. Where that fails, at whatever point, the folder is as before.
     *
     * @param rows read from files, whose bytes are brought to the wanted size
     * @param runId marks the files
     * @param footer goes into every file's footer, each key with {@code packhorse.} in front
     * @param schema of the new files; rows that were read from files have forgotten what is never null
     * @param sizes of the new files
     * @return what the new files hold
     */
    public WrittenFiles write(
            Dataset<Row> rows,
            String runId,
            Map<String, String> footer,
            FloatEncoding encoding,
            StructType schema,
            FileSizes sizes,
            int dimension) {
        var written = false;
        var tasks = LateTasks.watch(spark.sparkContext());
        try (tasks;
                var read = sizes.applyTo(spark)) {
            var writer = rows.write()
                    .format(EmbeddingParquetFormat.class.getName())
                    .mode(SaveMode.Append)
                    .option(EmbeddingParquetFormat.FLOAT_ENCODING_OPTION, encoding.id())
                    .option(EmbeddingParquetFormat.SCHEMA_OPTION, schema.json())
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
            if (tasks.found()) {
                removeTemporary();
            }
        }
    }

    /** What late tasks wrote after Spark had removed its folder for unfinished files, and so made it again. */
    private void removeTemporary() {
        try {
            files.delete(new Path(folder, FileOutputCommitter.PENDING_DIR_NAME), true);
        } catch (IOException e) {
            throw new UncheckedIOException("could not remove the unfinished files of " + folder, e);
        }
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
     * @throws IllegalStateException when another run has taken the staging; the folder is as before
     */
    public void publish(Manifest manifest, OutputMode mode, Staging staging) {
        var old = new ArrayList<Path>();
        if (mode == OutputMode.OVERWRITE) {
            old.addAll(before);
            old.addAll(manifests);
        }
        var published = false;
        try {
            staging.check();
            staging.replaces(old);
            oldRuns.add(manifest);
            published = true;
            for (var file : old) {
                files.delete(file, false);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not publish to " + folder, e);
        } finally {
            if (!published) {
                discard(manifest.runId());
            }
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
                            .map(status -> status.getPath().getName())
                            .allMatch(name -> name.startsWith("_") && !name.startsWith(Staging.PREFIX))) {
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
