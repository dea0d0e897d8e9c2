package dev.packhorse.jobs.output;

import dev.packhorse.engine.output.Ranges;
import dev.packhorse.udf.options.OptionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * What is in a job's output before it begins, and whether it may begin: asked before the source is looked at. Not
 * thread-safe: one run's, on its driver. Where the file system fails, methods throw UncheckedIOException.
 */
public final class ExistingOutput {

    private final OutputPlace place;
    private final boolean existed;
    private final Set<Path> rows;
    private final List<Path> manifests;
    private final OldRuns oldRuns;
    private final DeadRuns deadRuns;

    private ExistingOutput(
            OutputPlace place,
            boolean existed,
            Set<Path> rows,
            List<Path> manifests,
            OldRuns oldRuns,
            DeadRuns deadRuns) {
        this.place = place;
        this.existed = existed;
        this.rows = rows;
        this.manifests = manifests;
        this.oldRuns = oldRuns;
        this.deadRuns = deadRuns;
    }

    /**
     * Looks at the folder, and at the runs that died there: what those left that published nothing counts as not there, and
     * what those were to replace that had published is deleted.
     *
     * @param again ids of runs that are done again, perhaps: files of theirs that no manifest names count as not there
     * @throws OptionException when the file system or the folder cannot be read
     */
    static ExistingOutput find(SparkSession spark, String path, Set<String> again) {
        try {
            var place = OutputPlace.of(spark, path);
            var found = place.dataFiles();
            var oldRuns = new OldRuns(place.files(), new Path(place.folder(), OutputFolder.MANIFESTS));
            var deadRuns = DeadRuns.find(place, oldRuns, again, found, Lease.PATIENCE);
            var rows = new HashSet<>(found);
            rows.removeAll(deadRuns.unfinished());
            rows.removeAll(deadRuns.deleteReplaced());
            var existed = place.files().exists(place.folder()) && !deadRuns.areAll();
            return new ExistingOutput(place, existed, rows, oldRuns.manifests(), oldRuns, deadRuns);
        } catch (IOException | IllegalArgumentException e) {
            throw new OptionException(
                    "--output %s: expected a folder that can be reached, found: %s".formatted(path, e));
        }
    }

    OutputPlace place() {
        return place;
    }

    /** Whether the folder was there. */
    boolean existed() {
        return existed;
    }

    /** The data files of runs that have a manifest. */
    Set<Path> rows() {
        return rows;
    }

    /** The manifests that were there at the beginning. */
    List<Path> manifests() {
        return manifests;
    }

    OldRuns oldRuns() {
        return oldRuns;
    }

    DeadRuns deadRuns() {
        return deadRuns;
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
                                    .formatted(place.folder()));
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
                        .formatted(place.folder(), String.join(", ", others)));
    }

    /**
     * Looks once more, now that this run can be seen by others: of two that overwrite, none would know what the other
     * wrote.
     *
     * @param runId of this run, which has its staging
     * @throws OptionException when there is another one
     */
    public void checkAlone(String runId) {
        var others = others(runId);
        if (!others.isEmpty()) {
            throw notAlone(others);
        }
    }

    /**
     * Holds a batch of a stream against those that are at work.
     *
     * @param runId of the batch
     * @throws OptionException when another start has begun it
     */
    public void checkNotBegun(String runId) {
        if (deadRuns.live().contains(runId)) {
            throw new OptionException(
                    "--checkpoint: expected one start at a time, found another that is at work on the batch %s; start again when that has ended"
                            .formatted(runId));
        }
    }

    /** Ids of other runs that were at work here when this was opened. */
    public Set<String> live() {
        return deadRuns.live();
    }

    /**
     * Ids of the runs that have a staging folder here now, beside this one: a run that has seen none before it made its own
     * looks once more, for another may have begun at the same moment.
     *
     * @param runId of this run
     */
    public Set<String> others(String runId) {
        try {
            var others = new TreeSet<String>();
            for (var folder : place.stagingFolders()) {
                others.add(Staging.run(folder));
            }
            others.remove(runId);
            return others;
        } catch (IOException e) {
            throw new UncheckedIOException("could not look at " + place.folder(), e);
        }
    }

    /** Rows in folders such as lang=en are neither replaced nor counted: better to say so than to leave them. */
    private void checkNoPartitions(OutputMode mode) {
        try {
            if (!existed) {
                return;
            }
            for (var status : place.files().listStatus(place.folder())) {
                var name = status.getPath().getName();
                if (status.isDirectory() && !name.startsWith("_") && !name.startsWith(".")) {
                    throw new OptionException(
                            "--mode %s: expected a folder with files of a Packhorse job, found the folder %s in it"
                                    .formatted(mode.id(), status.getPath()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not look at " + place.folder(), e);
        }
    }

    /**
     * Holds what a job would add against what is there; for mode append.
     *
     * @param footer what the new files will say of themselves
     * @param schema of the new files
     * @throws OptionException when the vectors are of another model or made in another way, or the columns are others
     */
    public void checkAppend(Map<String, String> footer, StructType schema) {
        try {
            if (!rows.isEmpty()) {
                checkSame(footer, schema);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not look at " + place.folder(), e);
        }
    }

    private void checkSame(Map<String, String> footer, StructType schema) throws IOException {
        var runs = oldRuns.check(footer);
        // a job that was killed after its files were committed and before they were counted
        var unfinished = rows.parallelStream()
                .filter(file -> !runs.contains(WrittenFiles.run(file, place.conf())))
                .sorted()
                .findFirst();
        if (unfinished.isPresent()) {
            throw new OptionException(
                    "--mode append: expected files of runs with a manifest, found %s of none; delete it if its job did not finish"
                            .formatted(unfinished.get()));
        }
        var found = place.spark().read().parquet(place.folder().toString()).schema();
        if (!found.asNullable().equals(schema.asNullable())) {
            throw new OptionException("--mode append: expected the columns %s, found %s in %s"
                    .formatted(schema.simpleString(), found.simpleString(), place.folder()));
        }
    }

    /**
     * The ranges by which the vectors that are there were quantized, for mode append; nothing where there are none yet.
     *
     * @throws OptionException when they are missing, or not the same in all manifests
     */
    public Optional<Ranges> ranges() {
        try {
            return rows.isEmpty() ? Optional.empty() : oldRuns.ranges();
        } catch (IOException e) {
            throw new UncheckedIOException("could not look at " + place.folder(), e);
        }
    }

    /**
     * The run of a job that had all its rows here and its manifest, and died before it was at its end.
     *
     * @param job a hash of its options
     */
    public Optional<String> published(String job) {
        return deadRuns.published(job);
    }

    /** Whether a run has a manifest here, and so all its rows. */
    public boolean isFinished(String runId) {
        try {
            return oldRuns.finished().contains(runId);
        } catch (IOException e) {
            throw new UncheckedIOException("could not look at " + place.folder(), e);
        }
    }

    /**
     * How many rows of the source a run read which is here already.
     *
     * @throws UncheckedIOException when it has no manifest here
     */
    public long sourceRows(String runId) {
        try {
            return oldRuns.sourceRows(runId);
        } catch (IOException e) {
            throw new UncheckedIOException("could not look at " + place.folder(), e);
        }
    }
}
