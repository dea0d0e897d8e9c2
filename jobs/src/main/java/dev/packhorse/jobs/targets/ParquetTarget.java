package dev.packhorse.jobs.targets;

import dev.packhorse.jobs.outcome.ExitCode;
import dev.packhorse.jobs.outcome.JobException;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.rows.OutputColumns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder with a folder of Parquet files for each version, and a {@link Pointer} to the current one: for those who have no
 * table format. Each version is whole, so that each run writes all rows, those that have not changed too.
 */
final class ParquetTarget implements Target {

    private static final Logger LOG = LoggerFactory.getLogger(ParquetTarget.class);

    private static final String VERSION = "version-";
    private static final String FAILED = "_failed-";

    private final SparkSession spark;
    private final FileSystem files;
    private final Configuration conf;
    private final Path folder;
    private final StructType schema;
    private Optional<Pointer> pointer;

    private ParquetTarget(SparkSession spark, Path folder, StructType schema) throws IOException {
        this.spark = spark;
        this.conf = spark.sessionState().newHadoopConf();
        this.files = folder.getFileSystem(conf);
        this.folder = files.makeQualified(folder);
        this.schema = schema;
        this.pointer = Pointer.read(files, this.folder);
    }

    /** @throws OptionException when it has other columns, or cannot be reached */
    static ParquetTarget open(SparkSession spark, String path, StructType schema) {
        var target = look(spark, path, schema);
        target.published()
                .ifPresent(
                        found -> TargetColumns.check(path, schema, found.rows().schema()));
        return target;
    }

    private static ParquetTarget look(SparkSession spark, String path, StructType schema) {
        try {
            return new ParquetTarget(spark, new Path(path), TargetColumns.stored(schema));
        } catch (IOException | IllegalArgumentException e) {
            throw new OptionException("--target %s: expected a folder of versions, found: %s".formatted(path, e));
        }
    }

    /** @throws OptionException when it is not there */
    static ParquetTarget open(SparkSession spark, String path) {
        var target = look(spark, path, new StructType());
        if (target.pointer.isEmpty()) {
            throw new OptionException(
                    "--target %s: expected a folder with %s, found none".formatted(path, Pointer.FILE));
        }
        return target;
    }

    @Override
    public Optional<Published> published() {
        return pointer.map(found -> published(found.entry(found.current())));
    }

    private Published published(Pointer.Entry entry) {
        return new Published(
                entry.version(), entry.marks(), spark.read().parquet(new Path(folder, entry.version()).toString()));
    }

    @Override
    public Optional<Published> at(String version) {
        return entry(version).map(this::published);
    }

    private Optional<Pointer.Entry> entry(String version) {
        return pointer.stream()
                .flatMap(found -> found.versions().stream())
                .filter(entry -> entry.version().equals(version))
                .findFirst();
    }

    /** Each version is written whole, so all of its rows at once. */
    @Override
    public Dataset<Row> withTimes(Published published) {
        var created = entry(published.version()).map(Pointer.Entry::created).orElse(0L);
        return published.rows().withColumn(WRITTEN_AT, functions.expr("timestamp_millis(%d)".formatted(created)));
    }

    @Override
    public Candidate candidate(String run) {
        return new Folder(new Path(folder, VERSION + Instant.now().toEpochMilli() + "-" + run));
    }

    /** What no pointer names that was published is of a run that died. */
    @Override
    public void clearUnfinished() {
        delete(name -> name.startsWith(VERSION) && !isVersion(name));
    }

    private boolean isVersion(String name) {
        return pointer.stream().flatMap(found -> found.versions().stream()).anyMatch(entry -> entry.version()
                .equals(name));
    }

    private void delete(Predicate<String> wanted) {
        try {
            if (files.exists(folder)) {
                for (var status : files.listStatus(folder)) {
                    if (wanted.test(status.getPath().getName())) {
                        files.delete(status.getPath(), true);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not clear " + folder, e);
        }
    }

    @Override
    public int expire(Expiry expiry) {
        try {
            var current = pointer.map(Pointer::current);
            pointer = Pointer.read(files, folder); // somebody may have gone back to another version meanwhile
            return pointer.map(Pointer::current).equals(current)
                    ? pointer.map(found -> expire(found, expiry)).orElse(0)
                    : 0;
        } catch (IOException e) {
            throw new UncheckedIOException("could not read %s in %s".formatted(Pointer.FILE, folder), e);
        }
    }

    private int expire(Pointer found, Expiry expiry) {
        var oldest = expiry.after()
                .map(age -> System.currentTimeMillis() - age.toMillis())
                .orElse(Long.MAX_VALUE);
        var all = found.versions();
        var kept = new ArrayList<Pointer.Entry>();
        for (var i = 0; i < all.size(); i++) {
            var entry = all.get(i);
            if (i >= all.size() - expiry.least()
                    || entry.created() >= oldest
                    || entry.version().equals(found.current())) {
                kept.add(entry);
            }
        }
        if (kept.size() < all.size()) {
            point(new Pointer(found.current(), kept)); // before the files go, so that no pointer names what is gone
            clearUnfinished();
        }
        return all.size() - kept.size();
    }

    private void point(Pointer next) {
        try {
            next.write(files, folder, conf);
            pointer = Optional.of(next);
        } catch (IOException e) {
            throw new UncheckedIOException("could not write %s in %s".formatted(Pointer.FILE, folder), e);
        }
    }

    @Override
    public List<Version> versions() {
        var versions = new ArrayList<Version>();
        pointer.ifPresent(found -> found.versions()
                .forEach(entry -> versions.add(
                        0,
                        new Version(
                                entry.version(),
                                Instant.ofEpochMilli(entry.created()),
                                entry.version().equals(found.current()),
                                entry.marks()))));
        return versions;
    }

    @Override
    public void rollBack(String version) {
        if (!isVersion(version)) {
            throw new OptionException("--roll-back-to %s: expected a version of %s, found %s"
                    .formatted(
                            version,
                            folder,
                            versions().stream().map(Version::id).toList()));
        }
        point(new Pointer(version, pointer.orElseThrow().versions()));
    }

    @Override
    public String location() {
        return folder.toString();
    }

    @Override
    public String workFolder() {
        return new Path(folder, "_packhorse").toString();
    }

    @Override
    public String toString() {
        return folder.toString();
    }

    /** A folder that no pointer names yet. */
    private final class Folder implements Candidate {

        private Path path;
        private Map<String, String> marks = Map.of();

        Folder(Path path) {
            this.path = path;
        }

        @Override
        public void merge(Changes changes, Map<String, String> saying) {
            var columns = List.of(schema.fieldNames());
            var rows = TargetColumns.in(changes.rows(), columns);
            var without = changes.withoutId().map(found -> TargetColumns.in(found, columns));
            if (without.isPresent()) {
                rows = rows.unionByName(without.get());
            }
            if (published().isPresent()) {
                rows = untouched(published().get().rows(), changes, columns).unionByName(rows);
            }
            replace(rows, saying);
        }

        private Dataset<Row> untouched(Dataset<Row> old, Changes changes, List<String> columns) {
            var keys = TargetColumns.keys(columns);
            var touched = TargetColumns.in(changes.rows(), keys).unionByName(TargetColumns.in(changes.removed(), keys));
            var condition = keys.stream()
                    .map(key -> old.col(key).equalTo(touched.col(key)))
                    .reduce((a, b) -> a.and(b))
                    .orElseThrow();
            var rest = old.join(touched, condition, "left_anti");
            return changes.withoutId().isPresent()
                    ? rest.filter(functions.col(OutputColumns.ID).isNotNull())
                    : rest;
        }

        @Override
        public void replace(Dataset<Row> rows, Map<String, String> saying) {
            marks = saying;
            TargetColumns.in(rows, List.of(schema.fieldNames()))
                    .to(schema)
                    .write()
                    .mode(SaveMode.ErrorIfExists)
                    .option("compression", "zstd")
                    .parquet(path.toString());
        }

        @Override
        public Dataset<Row> rows() {
            return spark.read().schema(schema).parquet(path.toString());
        }

        @Override
        public String publish() {
            try {
                if (!Pointer.read(files, folder).map(Pointer::current).equals(pointer.map(Pointer::current))) {
                    throw new JobException(
                            ExitCode.TARGET_BUSY,
                            "--target %s: expected version %s to be the current one, as when this run began, found another; start again, nothing is embedded twice"
                                    .formatted(
                                            folder,
                                            pointer.map(Pointer::current).orElse("none")));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("could not read %s in %s".formatted(Pointer.FILE, folder), e);
            }
            var versions = new ArrayList<>(pointer.map(Pointer::versions).orElse(List.of()));
            versions.add(new Pointer.Entry(path.getName(), System.currentTimeMillis(), marks));
            point(new Pointer(path.getName(), versions));
            try {
                delete(name -> name.startsWith(FAILED));
            } catch (UncheckedIOException e) { // it is published all the same
                LOG.warn("could not clear {}", folder, e);
            }
            return path.getName();
        }

        @Override
        public String leave() {
            var failed = new Path(folder, FAILED + path.getName());
            try {
                if (!files.rename(path, failed)) {
                    throw new IOException("could not rename " + path);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("could not keep " + path, e);
            }
            path = failed;
            return failed.toString();
        }

        @Override
        public void discard() {
            try {
                var now = Pointer.read(files, folder); // whatever became of publishing it
                if (now.isEmpty() || !now.get().current().equals(path.getName())) {
                    files.delete(path, true);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("could not delete " + path, e);
            }
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }
}
