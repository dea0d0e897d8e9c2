package dev.packhorse.jobs.output;

import dev.packhorse.udf.options.OptionException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
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
 *
 * <p>Not thread-safe: one run's, on its driver. Other runs, in this process or another, may write to the folder at the same
 * time. Where the file system fails, methods throw UncheckedIOException.
 */
public final class OutputFolder {

    /** The name of the folder of manifests. */
    public static final String MANIFESTS = "_packhorse";

    private final OutputPlace place;
    private final ExistingOutput existing;
    private final Path folder;
    private final FileSystem files;

    private OutputFolder(ExistingOutput existing) {
        this.existing = existing;
        this.place = existing.place();
        this.folder = place.folder();
        this.files = place.files();
    }

    /**
     * Looks at the folder, which is perhaps not there.
     *
     * @throws OptionException when the file system or the folder cannot be read
     */
    public static OutputFolder open(SparkSession spark, String path) {
        return open(spark, path, Set.of());
    }

    /**
     * The same for runs that are done again, perhaps: files of theirs that no manifest names count as not there.
     *
     * @param again their ids
     * @throws OptionException as {@link #open(SparkSession, String)} does
     */
    public static OutputFolder open(SparkSession spark, String path, Set<String> again) {
        return new OutputFolder(ExistingOutput.find(spark, path, again));
    }

    /** What was there when it was opened. */
    public ExistingOutput existing() {
        return existing;
    }

    /**
     * Ends what a run had left to do that had published its rows.
     *
     * @param out gets a line about what was ended
     */
    public void finish(PrintStream out) {
        try {
            if (existing.deadRuns().clear(out)) {
                existing.oldRuns().clear();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not clear " + folder, e);
        }
    }

    /**
     * What the files of a run hold that is here already.
     *
     * @param dimension D, the numbers in one vector
     */
    public WrittenFiles written(String runId, int dimension) {
        try {
            return WrittenFiles.read(place.dataFiles(), place.conf(), runId, dimension);
        } catch (IOException e) {
            throw new UncheckedIOException("could not list " + folder, e);
        }
    }

    /**
     * A place for rows until they are published, which the caller closes; what other runs left that died is deleted.
     *
     * @param resumed whether it outlives this process where that is told to end
     */
    public Staging stage(String runId, boolean resumed, PrintStream out) {
        finish(out);
        return Staging.open(place.spark(), files, folder, runId, !resumed, this::removeIfEmpty);
    }

    /**
     * The place of a run that died, for a run that goes on with it.
     *
     * @param deciding what decides rows and vectors
     * @param taken gets its plan
     * @return nothing where there is none; else the caller closes it
     * @throws OptionException where there are some, and none of them fits
     */
    public Optional<Staging> resume(
            String runId, Map<String, String> deciding, Consumer<RunPlan> taken, PrintStream out) {
        var misfits = new ArrayList<String>();
        var staging = goOn(runId, deciding, misfits::add, taken, out);
        if (staging.isEmpty() && !misfits.isEmpty()) {
            throw new OptionException(
                    "--resume: expected a run with the same options, found none: %s; set them so, or start without --resume, which deletes what is there"
                            .formatted(String.join("; ", misfits)));
        }
        return staging;
    }

    /**
     * The same for a run that does not insist: it has its own work to do where there is none to go on with.
     *
     * @param misfits gets, for each run that died and does not fit, in what it differs
     * @return nothing where there is none that fits; else the caller closes it
     */
    public Optional<Staging> goOn(
            String runId,
            Map<String, String> deciding,
            Consumer<String> misfits,
            Consumer<RunPlan> taken,
            PrintStream out) {
        try {
            var plan = existing.deadRuns().take(runId, deciding, misfits, out);
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
     * @param encoding of the vectors' numbers
     * @param schema of the new files; rows that were read from files have forgotten what is never null
     * @param sizes of the new files
     * @param dimension D, the numbers in one vector
     * @return what the new files hold
     * @throws IllegalStateException when the numbers in a file are no whole vectors
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
        var tasks = LateTasks.watch(place.spark().sparkContext());
        try (tasks;
                var read = sizes.applyTo(place.spark())) {
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
            var result = WrittenFiles.read(newFiles(), place.conf(), runId, dimension);
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
            var found = new ArrayList<>(place.dataFiles());
            found.removeAll(existing.rows());
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException("could not list " + folder, e);
        }
    }

    /**
     * Puts the manifest beside the data: from then on the new rows are those of the output. What they replace in mode
     * overwrite is put down, for {@link #deleteReplaced} and whoever comes after this process.
     *
     * @throws UncheckedIOException when that fails; the folder is as before
     * @throws IllegalStateException when another run has taken the staging; the folder is as before
     */
    public void publish(Manifest manifest, OutputMode mode, Staging staging) {
        var published = false;
        try {
            staging.check();
            staging.replaces(replaced(mode));
            existing.oldRuns().add(manifest);
            published = true;
        } catch (IOException e) {
            throw unpublished(e);
        } finally {
            if (!published) {
                discard(manifest.runId());
            }
        }
    }

    /** Deletes what the new files replace, once their manifest is there. */
    public void deleteReplaced(OutputMode mode) {
        try {
            for (var file : replaced(mode)) {
                files.delete(file, false);
            }
        } catch (IOException e) {
            throw unpublished(e);
        }
    }

    private List<Path> replaced(OutputMode mode) {
        var old = new ArrayList<Path>();
        if (mode == OutputMode.OVERWRITE) {
            old.addAll(existing.rows());
            old.addAll(existing.manifests());
        }
        return old;
    }

    private UncheckedIOException unpublished(IOException cause) {
        return new UncheckedIOException("could not publish to " + folder, cause);
    }

    /** Deletes the files of a run whose count was wrong or that failed, so that the folder is as before. */
    public void discard(String runId) {
        try {
            for (var file : newFiles()) {
                if (WrittenFiles.run(file, place.conf()).equals(runId)) {
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
            if (!existing.existed()
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
