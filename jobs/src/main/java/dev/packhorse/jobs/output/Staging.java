package dev.packhorse.jobs.output;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder for the rows that a run has embedded and not yet published, below the output and hidden from readers by its
 * name. It is the run's while it holds the {@link Lease} in it.
 *
 * <pre>
 * lease            that the run is alive
 * plan.json        {@link RunPlan}
 * rows-RUN/        what the tasks of a run wrote, by Spark's FileOutputCommitter, algorithm 1: a task's file goes to
 *                  _temporary/0/task_* when the task has committed, and from there up when all have
 * kept/            files of tasks of runs that died, that were committed
 * replaced         the files that the run replaces, once all of its own are in the output
 * </pre>
 *
 * <p>Not thread-safe: one run's, on its driver; only its lease is renewed by a thread of its own. Whoever opens it closes
 * it, or leaves it. Where the file system fails, public methods throw UncheckedIOException.
 */
public final class Staging implements AutoCloseable {

    /** What the names of these folders start with. */
    public static final String PREFIX = "_packhorse-staging-";

    private static final Logger LOG = LoggerFactory.getLogger(Staging.class);

    private static final String KEPT = "kept";
    private static final String ROWS = "rows-";
    private static final String REPLACED = "replaced";

    private final SparkSession spark;
    private final FileSystem files;
    private final Path folder;
    private final String run;
    private final Lease lease;
    private final Runnable closed;
    private boolean open = true;

    private Staging(SparkSession spark, FileSystem files, Path folder, String run, Lease lease, Runnable closed) {
        this.spark = spark;
        this.files = files;
        this.folder = folder;
        this.run = run;
        this.lease = lease;
        this.closed = closed;
    }

    /**
     * Makes the folder of a run, or takes over the one that was renamed to it.
     *
     * @param deletedOnExit whether it goes when this process is told to end
     * @param closed what is to be done after it is deleted
     */
    static Staging open(
            SparkSession spark, FileSystem files, Path output, String run, boolean deletedOnExit, Runnable closed) {
        var folder = folder(output, run);
        var opened = false;
        try {
            files.mkdirs(folder);
            if (deletedOnExit) {
                files.deleteOnExit(folder);
            }
            var staging = new Staging(spark, files, folder, run, Lease.hold(files, folder, run), closed);
            opened = true;
            return staging;
        } catch (IOException e) {
            throw new UncheckedIOException("could not make " + folder, e);
        } finally {
            if (!opened && deletedOnExit) { // else it holds what an earlier run left
                remove(files, folder);
                closed.run();
            }
        }
    }

    /** Deletes a staging folder, the plan last: it says whose the folder is where this process dies in between. */
    static void delete(FileSystem files, Path folder) throws IOException {
        if (files.exists(folder)) {
            for (var status : files.listStatus(folder)) {
                if (!status.getPath().getName().equals(RunPlan.FILE)) {
                    files.delete(status.getPath(), true);
                }
            }
            files.delete(folder, true);
        }
    }

    private static void remove(FileSystem files, Path folder) {
        try {
            delete(files, folder);
        } catch (IOException e) {
            throw new UncheckedIOException("could not delete " + folder, e);
        }
    }

    static Path folder(Path output, String run) {
        return new Path(output, PREFIX + run);
    }

    /** The id of the run that a folder is of. */
    static String run(Path folder) {
        return folder.getName().substring(PREFIX.length());
    }

    /** Puts down how rows are dealt out, before the first one is embedded. */
    public void save(RunPlan plan) {
        try {
            plan.write(files, folder);
        } catch (IOException e) {
            throw new UncheckedIOException("could not write to " + folder, e);
        }
    }

    /**
     * Computes rows and keeps them, a file a task; a task's file is complete when it has committed, whatever comes after.
     */
    public void hold(Dataset<Row> rows) {
        try (var tasks = LateTasks.watch(spark.sparkContext())) {
            rows.write()
                    .format(EmbeddingParquetFormat.class.getName())
                    .option("mapreduce.fileoutputcommitter.algorithm.version", "1")
                    .save(new Path(folder, ROWS + run).toString());
        }
    }

    /** All rows that are held; until this is closed. */
    public Dataset<Row> rows(StructType schema) {
        return read(schema, List.of(new Path(folder, KEPT), new Path(folder, ROWS + run)));
    }

    /** The rows of tasks of earlier runs that had committed; none at first. */
    public Dataset<Row> kept(StructType schema) {
        return read(schema, List.of(new Path(folder, KEPT)));
    }

    /** The rows that this run's {@link #hold} has kept. */
    public Dataset<Row> held(StructType schema) {
        var rows = new Path(folder, ROWS + run);
        return spark.read().schema(schema).parquet(rows.toString());
    }

    /** A folder of that name in this one, for what else the run puts down; it goes with it. */
    public String beside(String name) {
        return new Path(folder, name).toString();
    }

    private Dataset<Row> read(StructType schema, List<Path> folders) {
        try {
            var paths = new ArrayList<String>();
            for (var path : folders) {
                if (files.exists(path)) {
                    paths.add(path.toString());
                }
            }
            return spark.read()
                    .schema(schema)
                    // a machine that stopped with this driver may have kept half a file: its task is done again
                    .option("ignoreCorruptFiles", folders.size() == 1)
                    .parquet(paths.toArray(String[]::new));
        } catch (IOException e) {
            throw new UncheckedIOException("could not look at " + folder, e);
        }
    }

    /** Moves the files of committed tasks of the runs before this one to where {@link #kept} reads them. */
    void keepCommitted() throws IOException {
        var kept = new Path(folder, KEPT);
        files.mkdirs(kept);
        for (var rows : files.listStatus(folder)) {
            if (rows.getPath().getName().startsWith(ROWS)) {
                for (var file : committed(rows.getPath())) {
                    files.rename(file, new Path(kept, file.getName()));
                }
                files.delete(rows.getPath(), true);
            }
        }
    }

    private List<Path> committed(Path rows) throws IOException {
        var committed = new ArrayList<>(parquet(files.listStatus(rows)));
        // a commit of the whole job that was broken off leaves some files here and some there
        var tasks = files.globStatus(new Path(rows, "_temporary/*/task_*"));
        for (var task : tasks == null ? new FileStatus[0] : tasks) {
            committed.addAll(parquet(files.listStatus(task.getPath())));
        }
        return committed;
    }

    private static List<Path> parquet(FileStatus[] found) {
        var paths = new ArrayList<Path>();
        for (var status : found) {
            if (status.isFile() && status.getPath().getName().endsWith(".parquet")) {
                paths.add(status.getPath());
            }
        }
        return paths;
    }

    /** Deletes all kept files but these. */
    public void keepOnly(Set<String> names) {
        try {
            for (var status : files.listStatus(new Path(folder, KEPT))) {
                if (!names.contains(status.getPath().getName())) {
                    files.delete(status.getPath(), false);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not clear " + folder, e);
        }
    }

    /** Puts down what is to be deleted once the manifest is written, by whoever lives then. */
    void replaces(List<Path> old) throws IOException {
        try (var out = files.create(new Path(folder, REPLACED), true)) {
            for (var path : old) {
                out.write((path + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    static List<Path> replaced(FileSystem files, Path folder) throws IOException {
        var file = new Path(folder, REPLACED);
        if (!files.exists(file)) {
            return List.of();
        }
        try (var in = files.open(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(Path::new)
                    .toList();
        }
    }

    /** @throws IllegalStateException when another run has taken the folder */
    public void check() {
        lease.check();
    }

    /**
     * Leaves the folder for a run to come, in place of deleting it.
     *
     * @return whether there is one: false where another run has taken it
     */
    public boolean leave() {
        if (open) {
            open = false;
            files.cancelDeleteOnExit(folder);
            if (!lease.isOurs()) {
                lease.close();
                return false;
            }
            try {
                lease.end();
            } catch (IOException
                    | FSError e) { // then who comes next waits a while, and why this run ends is worth more
                LOG.warn("could not give up the lease in {}", folder, e);
            }
        }
        return true;
    }

    /** Deletes the folder, unless another run has taken it. */
    @Override
    public void close() {
        if (!open) {
            return;
        }
        open = false;
        lease.close();
        if (lease.isOurs()) {
            remove(files, folder);
        }
        files.cancelDeleteOnExit(folder);
        closed.run();
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
