package dev.packhorse.jobs.targets;

import dev.packhorse.jobs.outcome.ExitCode;
import dev.packhorse.jobs.outcome.JobException;
import dev.packhorse.udf.options.OptionException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.spark.CommitMetadata;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/**
 * An Apache Iceberg table: readers see its branch {@code main}, a candidate is a branch of its own, and to publish is to move
 * main there, which Iceberg does at once or not at all (iceberg.apache.org/docs/latest/branching, "Audit branch").
 *
 * <p>Rows are merged on read: a run writes the rows that changed and where the old ones are, and no data file again.
 */
final class IcebergTarget implements Target {

    private static final String MAIN = SnapshotRef.MAIN_BRANCH;
    private static final String RUN = "packhorse_run_";
    private static final String FAILED = "packhorse_failed_";

    /** What a snapshot that compaction made inherits from the one that it was made of. */
    private static final String MARKED_FALLBACK = Marks.PREFIX + "last.";

    private static final String MARKED_SEQUENCE = Marks.PREFIX + "last-sequence-number";

    private static final String PROPERTIES = """
            'format-version'='2', 'write.merge.mode'='merge-on-read', 'write.delete.mode'='merge-on-read', \
            'write.update.mode'='merge-on-read', 'write.parquet.compression-codec'='zstd', 'write.parquet.row-group-size-bytes'='67108864', \
            'read.split.target-size'='67108864'""";

    private final SparkSession spark;
    private final IcebergName name;
    private final Table table;
    private final Optional<Snapshot> base;

    private IcebergTarget(SparkSession spark, IcebergName name, Table table) {
        this.spark = spark;
        this.name = name;
        this.table = table;
        this.base = Optional.ofNullable(table.currentSnapshot());
    }

    /**
     * Opens a table, and makes it where there is none.
     *
     * @param schema of its rows
     * @throws OptionException when it has other columns
     */
    static IcebergTarget open(SparkSession spark, IcebergName name, StructType schema) {
        if (!spark.catalog().tableExists(name.quoted())) {
            spark.sql("CREATE TABLE IF NOT EXISTS %s (%s) USING iceberg TBLPROPERTIES (%s)"
                    .formatted(name.quoted(), TargetColumns.stored(schema).toDDL(), PROPERTIES));
        }
        var target = open(spark, name);
        TargetColumns.check(name.toString(), schema, spark.table(name.quoted()).schema());
        return target;
    }

    /**
     * Opens a table that is there.
     *
     * @throws OptionException when it is not, or is no Iceberg table
     */
    static IcebergTarget open(SparkSession spark, IcebergName name) {
        try {
            spark.catalog().refreshTable(name.quoted()); // a catalog may hold what it read before
            var table = Spark3Util.loadIcebergTable(spark, name.quoted());
            table.refresh();
            return new IcebergTarget(spark, name, table);
        } catch (Exception e) { // Scala's AnalysisException and ParseException among them
            throw new OptionException("--target %s: expected an Iceberg table, found: %s".formatted(name, e));
        }
    }

    @Override
    public Optional<Published> published() {
        return base.map(this::published);
    }

    private Published published(Snapshot snapshot) {
        var id = String.valueOf(snapshot.snapshotId());
        return new Published(id, marks(snapshot), rowsAt(id));
    }

    @Override
    public Optional<Published> at(String version) {
        return versions().stream()
                .filter(one -> one.id().equals(version))
                .findFirst()
                .map(one -> published(table.snapshot(Long.parseLong(one.id()))));
    }

    /** By the snapshot that has added a row's file; of files whose snapshot has been let go, by that which is read. */
    @Override
    public Dataset<Row> withTimes(Published published) {
        var columns = Arrays.stream(published.rows().columns())
                .map(column -> "r.`%s`".formatted(column.replace("`", "``")))
                .collect(Collectors.joining(", "));
        return spark.sql("""
                SELECT %1$s, coalesce(f.added, timestamp_millis(%2$d)) AS %3$s
                FROM (SELECT *, _file AS packhorse_file FROM %4$s VERSION AS OF %5$s) r
                LEFT JOIN (
                    SELECT e.data_file.file_path AS path, max(s.committed_at) AS added
                    FROM %4$s.entries e JOIN %4$s.snapshots s ON e.snapshot_id = s.snapshot_id
                    WHERE e.status < 2 GROUP BY e.data_file.file_path) f
                ON r.packhorse_file = f.path""".formatted(
                        columns,
                        table.snapshot(Long.parseLong(published.version())).timestampMillis(),
                        WRITTEN_AT,
                        name.quoted(),
                        published.version()));
    }

    /** What is committed here Spark finds, too: its catalog may hold the table as it read it a while ago. */
    private void refresh() {
        table.refresh();
        spark.catalog().refreshTable(name.quoted());
    }

    /** The rows of a snapshot or branch, as SQL names it. */
    private Dataset<Row> rowsAt(String version) {
        return spark.sql("SELECT * FROM %s VERSION AS OF %s".formatted(name.quoted(), version));
    }

    /** Those of a snapshot, or of the nearest one before it: what others did since, such as compaction, keeps rows. */
    private Map<String, String> marks(Snapshot snapshot) {
        for (var one = snapshot; one != null; one = parent(one)) {
            var marks = Marks.among(one.summary());
            if (marks.containsKey(Marks.FINGERPRINT)) {
                return marks;
            }
        }
        // what was there before is of another run, whose own marks went with its snapshot
        var last = Long.parseLong(table.properties().getOrDefault(MARKED_SEQUENCE, "0"));
        if (snapshot.sequenceNumber() < last) {
            return Map.of();
        }
        return table.properties().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(MARKED_FALLBACK))
                .collect(Collectors.toMap(
                        entry -> Marks.PREFIX + entry.getKey().substring(MARKED_FALLBACK.length()),
                        Map.Entry::getValue));
    }

    private Snapshot parent(Snapshot snapshot) {
        return snapshot.parentId() == null ? null : table.snapshot(snapshot.parentId());
    }

    @Override
    public Candidate candidate(String run) {
        var branch = RUN + run;
        var refs = table.manageSnapshots();
        base.ifPresentOrElse(
                snapshot -> refs.createBranch(branch, snapshot.snapshotId()), () -> refs.createBranch(branch));
        refs.commit();
        refresh();
        return new Branch(branch);
    }

    @Override
    public void clearUnfinished() {
        drop(RUN);
    }

    private void drop(String prefix) {
        var refs = table.manageSnapshots();
        var found = table.refs().keySet().stream()
                .filter(ref -> ref.startsWith(prefix))
                .toList();
        found.forEach(refs::removeBranch);
        if (!found.isEmpty()) {
            refs.commit();
        }
    }

    @Override
    public int expire(Expiry expiry) {
        table.refresh();
        var versions = versions();
        var now = System.currentTimeMillis();
        var oldest = expiry.after().map(age -> now - age.toMillis()).orElse(now);
        // not by Iceberg's own count, which is of commits: a run may have several
        var last = versions.isEmpty()
                ? now
                : versions.get(Math.min(versions.size(), expiry.least()) - 1)
                        .created()
                        .toEpochMilli();
        table.expireSnapshots()
                .expireOlderThan(Math.min(oldest, last))
                .retainLast(1)
                .commit();
        refresh();
        return versions.size() - versions().size();
    }

    /** What main was at; the commits of a run that led there are none, nor is what an audit refused. */
    @Override
    public List<Version> versions() {
        var versions = new LinkedHashMap<Long, Version>();
        for (var entry : table.history()) {
            var snapshot = table.snapshot(entry.snapshotId());
            if (snapshot != null) {
                versions.put(
                        entry.snapshotId(),
                        new Version(
                                String.valueOf(snapshot.snapshotId()),
                                Instant.ofEpochMilli(snapshot.timestampMillis()),
                                snapshot.equals(table.currentSnapshot()),
                                Marks.among(snapshot.summary())));
            }
        }
        return versions.values().stream()
                .sorted(Comparator.comparing(Version::created).reversed())
                .toList();
    }

    @Override
    public void rollBack(String version) {
        var found = versions().stream()
                .filter(one -> one.id().equals(version))
                .findFirst()
                .orElseThrow(() -> new OptionException("--roll-back-to %s: expected a snapshot of %s, found %s"
                        .formatted(
                                version,
                                name,
                                versions().stream().map(Version::id).toList())));
        table.manageSnapshots().setCurrentSnapshot(Long.parseLong(found.id())).commit();
        refresh();
    }

    @Override
    public String location() {
        return table.location();
    }

    @Override
    public String workFolder() {
        return table.location() + "/_packhorse"; // what begins so is no orphan for Iceberg
    }

    @Override
    public String toString() {
        return name.toString();
    }

    /** A branch. */
    private final class Branch implements Candidate {

        private final String branch;
        private Map<String, String> marks = Map.of();

        Branch(String branch) {
            this.branch = branch;
        }

        private String quoted() {
            return name.quoted() + ".branch_" + branch;
        }

        @Override
        public void merge(Changes changes, Map<String, String> saying) {
            marks = saying;
            var columns = List.of(rows().columns());
            var merge = new MergeStatement(quoted(), columns);
            changes.withoutId()
                    .ifPresent(rows -> committing(() -> {
                        spark.sql("DELETE FROM %s WHERE id IS NULL".formatted(quoted()));
                        append(rows, columns);
                    }));
            if (base.isEmpty()) {
                committing(() -> append(changes.rows(), columns));
            } else {
                committing(() -> merge.run(spark, changes));
            }
        }

        @Override
        public void replace(Dataset<Row> rows, Map<String, String> saying) {
            marks = saying;
            var columns = TargetColumns.in(rows, List.of(rows().columns()));
            committing(() -> {
                try {
                    columns.writeTo(quoted()).overwrite(functions.lit(true));
                } catch (org.apache.spark.sql.catalyst.analysis.NoSuchTableException e) {
                    throw new IllegalStateException("the table %s is gone".formatted(name), e);
                }
            });
        }

        private void append(Dataset<Row> rows, List<String> columns) {
            try {
                TargetColumns.in(rows, columns).writeTo(quoted()).append();
            } catch (org.apache.spark.sql.catalyst.analysis.NoSuchTableException e) {
                throw new IllegalStateException("the table %s is gone".formatted(name), e);
            }
        }

        /** What the work commits says of itself whose it is. */
        private void committing(Runnable work) {
            CommitMetadata.withCommitProperties(
                    marks,
                    () -> {
                        work.run();
                        return branch;
                    },
                    RuntimeException.class);
            refresh();
        }

        @Override
        public Dataset<Row> rows() {
            return rowsAt("'%s'".formatted(branch));
        }

        @Override
        public String publish() {
            table.refresh();
            if (!Optional.ofNullable(table.currentSnapshot()).equals(base)) {
                throw overtaken(null);
            }
            try {
                table.manageSnapshots()
                        .fastForwardBranch(MAIN, branch)
                        .removeBranch(branch)
                        .commit();
            } catch (IllegalArgumentException | CommitFailedException e) {
                throw overtaken(e);
            }
            var kept = table.updateProperties();
            marks.forEach((key, value) -> kept.set(MARKED_FALLBACK + key.substring(Marks.PREFIX.length()), value));
            kept.set(MARKED_SEQUENCE, String.valueOf(table.currentSnapshot().sequenceNumber()));
            kept.commit();
            drop(FAILED);
            refresh();
            return String.valueOf(table.currentSnapshot().snapshotId());
        }

        private JobException overtaken(Exception cause) {
            return new JobException(
                    ExitCode.TARGET_BUSY,
                    "--target %s: expected its branch main where this run began, at snapshot %s, found another: somebody wrote to it meanwhile; start again, nothing is embedded twice"
                            .formatted(
                                    name,
                                    base.map(Snapshot::snapshotId)
                                            .map(String::valueOf)
                                            .orElse("none")),
                    cause);
        }

        @Override
        public String leave() {
            var failed = branch.replace(RUN, FAILED);
            table.refresh();
            table.manageSnapshots()
                    .createBranch(failed, table.snapshot(branch).snapshotId())
                    .removeBranch(branch)
                    .commit();
            refresh();
            return "SELECT * FROM %s.branch_%s".formatted(name, failed);
        }

        @Override
        public void discard() {
            table.refresh();
            if (table.refs().containsKey(branch)) {
                table.manageSnapshots().removeBranch(branch).commit();
                refresh();
            }
        }

        @Override
        public String toString() {
            return "branch %s of %s".formatted(branch, name);
        }
    }
}
