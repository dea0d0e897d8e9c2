package dev.packhorse.jobs.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.packhorse.jobs.options.ExportOptions;
import dev.packhorse.jobs.options.ReindexOptions.TargetFormat;
import dev.packhorse.jobs.reindex.ReindexFixture;
import dev.packhorse.stores.MemoryStores;
import dev.packhorse.stores.MemoryStores.Held;
import dev.packhorse.udf.options.OptionValues;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A source that reindex keeps, a store in memory, and export runs from the one to the other. */
abstract class ExportFixture extends ReindexFixture {

    /** The name of the store in memory. */
    final String store = "s" + UUID.randomUUID().toString().substring(0, 8);

    /** What a run said. */
    record Exported(String out, JsonNode report) {

        long count(String key) {
            return report.path(key).asLong(-1);
        }
    }

    Held held() {
        return MemoryStores.held(store);
    }

    /** What {@code --from} says of a target. */
    String from(TargetFormat format) {
        return switch (format) {
            case ICEBERG -> "vectors";
            case PARQUET -> folder.resolve("vectors").toString();
        };
    }

    OptionValues exportOptions(String from, String... more) {
        var given = new LinkedHashMap<String, List<String>>();
        given.put("from", List.of(from));
        given.put("to", List.of("memory:" + store));
        given.put("warehouse", List.of(folder.resolve("warehouse").toString()));
        given.put("report", List.of(folder.resolve("export.json").toString()));
        given.put("batch-rows", List.of("7"));
        for (var i = 0; i < more.length; i += 2) {
            given.put(more[i], List.of(more[i + 1]));
        }
        return OptionValues.read(ExportOptions.all(), Map.of(), given);
    }

    /** Runs to the end, or throws what the run throws. */
    Exported export(String from, String... more) {
        var out = new ByteArrayOutputStream();
        var conf = spark.sparkContext().getConf();
        try (var print = new PrintStream(out, true, StandardCharsets.UTF_8)) {
            ExportJob.of(exportOptions(from, more), conf, print, Map.of()).run(spark);
        }
        return new Exported(out.toString(StandardCharsets.UTF_8), exportReport());
    }

    JsonNode exportReport() {
        try {
            return new ObjectMapper().readTree(folder.resolve("export.json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
