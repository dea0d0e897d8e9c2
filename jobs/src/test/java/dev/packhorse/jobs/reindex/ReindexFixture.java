package dev.packhorse.jobs.reindex;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.packhorse.engine.Fixtures;
import dev.packhorse.jobs.EmbedRun;
import dev.packhorse.jobs.TextFiles;
import dev.packhorse.jobs.Vectors;
import dev.packhorse.jobs.options.ReindexOptions;
import dev.packhorse.jobs.options.ReindexOptions.TargetFormat;
import dev.packhorse.jobs.targets.Target;
import dev.packhorse.jobs.targets.Targets;
import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.options.OptionValues;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.io.TempDir;

/** A source that tests change, a target of each format, and reindex runs of the tiny model from one to the other. */
public abstract class ReindexFixture {

    /** In place of a value: the option is not given. */
    protected static final List<String> NONE = List.of("not given");

    @TempDir
    protected Path folder;

    /** The source's rows, by id. */
    protected final Map<Integer, String> texts = new TreeMap<>();

    /** Further lines of the source, as they are. */
    protected final List<String> lines = new ArrayList<>();

    protected final SparkSession spark = LocalSpark.session();

    /** What a run said. */
    protected record Said(String out, JsonNode report) {

        public long count(String key) {
            assertThat(report.has(key)).as("%s in %s", key, report).isTrue();
            return report.path(key).asLong();
        }
    }

    /** Texts 0 to count - 1. */
    protected void fill(int count) {
        for (var i = 0; i < count; i++) {
            texts.put(i, "text number %d of the source, which says this and that".formatted(i));
        }
    }

    private Path source() {
        var all = new ArrayList<String>();
        texts.forEach((id, text) -> all.add(TextFiles.json(id, text)));
        all.addAll(lines);
        return TextFiles.write(folder.resolve("source/texts.jsonl"), all);
    }

    private String target(TargetFormat format) {
        return switch (format) {
            case ICEBERG -> "vectors";
            case PARQUET -> folder.resolve("vectors").toString();
        };
    }

    protected OptionValues options(TargetFormat format, String... more) {
        var given = new LinkedHashMap<String, List<String>>();
        given.put("source", List.of(source().toString()));
        given.put("input-format", List.of("json"));
        given.put("input-schema", List.of("id BIGINT, text STRING, lang STRING"));
        given.put("model", List.of(Fixtures.tinyBert().toString()));
        given.put("target", List.of(target(format)));
        given.put("target-format", List.of(format.id()));
        if (format == TargetFormat.ICEBERG) {
            given.put("warehouse", List.of(folder.resolve("warehouse").toString()));
        }
        given.put("report", List.of(folder.resolve("report.json").toString()));
        for (var i = 0; i < more.length; i += 2) {
            given.put(more[i], List.of(more[i + 1]));
        }
        given.values().removeIf(NONE::equals);
        return OptionValues.read(ReindexOptions.ALL, Map.of(), given);
    }

    /** Runs to the end, or throws what the run throws. */
    protected Said reindex(TargetFormat format, String... more) {
        var out = new ByteArrayOutputStream();
        var conf = spark.sparkContext().getConf();
        try (var print = new PrintStream(out, true, StandardCharsets.UTF_8)) {
            ReindexJob.of(options(format, more), conf, print).run(spark);
        }
        return new Said(out.toString(StandardCharsets.UTF_8), report());
    }

    JsonNode report() {
        try {
            return new ObjectMapper().readTree(folder.resolve("report.json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    protected Target open(TargetFormat format) {
        return Targets.open(spark, options(format));
    }

    /** What readers see. */
    protected Dataset<Row> published(TargetFormat format) {
        return open(format).published().orElseThrow().rows();
    }

    protected Map<Long, Row> rows(TargetFormat format) {
        var rows = new HashMap<Long, Row>();
        published(format).collectAsList().forEach(row -> assertThat(rows.put(row.getAs("id"), row))
                .isNull());
        return rows;
    }

    /** Holds what readers see against the source, embedded by the embed job: the same rows with the same bits. */
    void assertInStep(TargetFormat format, String... more) {
        var fresh = folder.resolve("fresh-" + System.nanoTime());
        var job = EmbedRun.to(fresh).from("json", source()).set("input-schema", "id BIGINT, text STRING, lang STRING");
        for (var i = 0; i < more.length; i += 2) {
            job = job.set(more[i], more[i + 1]);
        }
        job.run();
        var expected = spark.read().parquet(fresh.toString());
        var found = published(format)
                .select(
                        expected.columns()[0],
                        Arrays.stream(expected.columns()).skip(1).toArray(String[]::new));
        assertThat(found.collectAsList().stream().map(Row::toString).sorted().toList())
                .isEqualTo(expected.collectAsList().stream()
                        .map(Row::toString)
                        .sorted()
                        .toList());
        Vectors.assertSame(Vectors.byId(found.collectAsList()), Vectors.byId(expected.collectAsList()));
    }

    /** Names in the folder in which runs hold what they have not published. */
    List<String> held(TargetFormat format) {
        var work = Path.of(URI.create(workUri(format)));
        if (!Files.exists(work)) {
            return List.of();
        }
        try (var files = Files.list(work)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String workUri(TargetFormat format) {
        var folder = open(format).workFolder();
        return folder.startsWith("file:") ? folder : "file:" + folder;
    }
}
