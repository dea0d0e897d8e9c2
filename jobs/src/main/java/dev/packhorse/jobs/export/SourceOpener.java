package dev.packhorse.jobs.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.packhorse.jobs.export.ExportSource.State;
import dev.packhorse.jobs.options.ExportOptions;
import dev.packhorse.jobs.options.ReindexOptions;
import dev.packhorse.jobs.options.ReindexOptions.TargetFormat;
import dev.packhorse.jobs.outcome.ExitCode;
import dev.packhorse.jobs.outcome.JobException;
import dev.packhorse.jobs.output.OutputFolder;
import dev.packhorse.jobs.source.SourceReader;
import dev.packhorse.jobs.targets.Marks;
import dev.packhorse.jobs.targets.Published;
import dev.packhorse.jobs.targets.Target;
import dev.packhorse.jobs.targets.Targets;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/** Finds out what {@code --from} is, and opens it. Immutable. */
final class SourceOpener {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final SparkSession spark;
    private final OptionValues options;
    private final String from;

    SourceOpener(SparkSession spark, OptionValues options) {
        this.spark = spark;
        this.options = options;
        this.from = options.get(ExportOptions.FROM);
    }

    /** Makes Iceberg known to the session to come, where it is there and the name may be a table's. */
    static void prepare(OptionValues options, SparkConf conf) {
        if (Targets.isTableName(options.get(ExportOptions.FROM)) && Targets.icebergIsThere()) {
            Targets.prepare(asTarget(options, TargetFormat.ICEBERG), conf);
        }
    }

    private static OptionValues asTarget(OptionValues options, TargetFormat format) {
        return options.with(ReindexOptions.TARGET, options.get(ExportOptions.FROM))
                .with(ReindexOptions.TARGET_FORMAT, format);
    }

    /**
     * Opens it.
     *
     * @throws OptionException when it is neither a folder nor a table, or its vectors are of several models
     * @throws JobException when it cannot be read
     */
    ExportSource open() {
        try {
            var folder = new Path(from);
            var files = folder.getFileSystem(spark.sessionState().newHadoopConf());
            if (files.exists(folder)) {
                return Targets.isVersioned(files, folder)
                        ? target(TargetFormat.PARQUET)
                        : folder(files, files.makeQualified(folder));
            }
        } catch (IOException | IllegalArgumentException e) {
            throw SourceReader.unreadable(e);
        }
        if (Targets.isTableName(from)
                && Targets.icebergIsThere()
                && Targets.exists(spark, asTarget(options, TargetFormat.ICEBERG))) {
            return target(TargetFormat.ICEBERG);
        }
        throw new JobException(
                ExitCode.SOURCE_UNREADABLE,
                "--from %s: expected a folder, or a table that is in --warehouse or in a configured catalog, found neither"
                        .formatted(from));
    }

    private ExportSource target(TargetFormat format) {
        var target = Targets.open(spark, asTarget(options, format));
        var published = target.published()
                .orElseThrow(() -> new JobException(
                        ExitCode.SOURCE_UNREADABLE,
                        "--from %s: expected a table with rows, found nothing published".formatted(from)));
        return new ExportSource(
                target.location(), state(published, target.withTimes(published)), Optional.of(version -> target.at(
                                version)
                        // of which model the rows of others' versions are nobody knows
                        .filter(found -> found.marks().containsKey(Marks.FINGERPRINT))
                        .map(found -> state(found, timeless(found.rows())))));
    }

    /** Of an older state nothing is sent: only what tells rows apart is read. */
    private static Dataset<Row> timeless(Dataset<Row> rows) {
        return rows.withColumn(Target.WRITTEN_AT, functions.expr("timestamp_millis(0)"));
    }

    private State state(Published published, Dataset<Row> rows) {
        // "name revision precision", as reindex writes it
        var about = published.marks().getOrDefault(Marks.MODEL, "");
        var words = List.of(about.split(" ", -1));
        var known = words.size() >= 3;
        return new State(
                published.version(),
                known ? String.join(" ", words.subList(0, words.size() - 2)) : modelName(),
                known ? words.get(words.size() - 2) : "",
                published.marks().getOrDefault(Marks.FINGERPRINT, ""),
                rows);
    }

    private String modelName() {
        return options.find(ExportOptions.MODEL_NAME)
                .orElseThrow(() -> new OptionException(
                        "--from %s: expected what embed or reindex wrote, found no name of a model; give it with --model-name"
                                .formatted(from)));
    }

    private ExportSource folder(FileSystem files, Path folder) throws IOException {
        Dataset<Row> read;
        try {
            read = spark.read().parquet(folder.toString());
        } catch (Exception e) { // Spark's AnalysisException, which Scala does not declare
            throw SourceReader.unreadable(e);
        }
        var rows = read.withColumn(Target.WRITTEN_AT, functions.col("_metadata.file_modification_time"));
        var manifests = manifests(files, folder);
        if (manifests.isEmpty()) {
            return new ExportSource(folder.toString(), new State("", modelName(), "", "", rows), Optional.empty());
        }
        var first = manifests.get(0);
        for (var other : manifests) {
            if (!other.path("fingerprint").equals(first.path("fingerprint"))) {
                throw new OptionException(
                        "--from %s: expected vectors of one model, found those of %s and %s; embed the one anew"
                                .formatted(
                                        from,
                                        first.path("model").asText(),
                                        other.path("model").asText()));
            }
        }
        return new ExportSource(
                folder.toString(),
                new State(
                        "",
                        first.path("model").asText(),
                        first.path("revision").asText(),
                        first.path("fingerprint").asText(),
                        rows),
                Optional.empty());
    }

    private static List<JsonNode> manifests(FileSystem files, Path folder) throws IOException {
        var manifests = new ArrayList<JsonNode>();
        var found = files.globStatus(new Path(folder, OutputFolder.MANIFESTS + "/run-*.json"));
        for (var status : found == null ? new org.apache.hadoop.fs.FileStatus[0] : found) {
            try (var in = files.open(status.getPath())) {
                manifests.add(JSON.readTree(in));
            }
        }
        return manifests;
    }
}
