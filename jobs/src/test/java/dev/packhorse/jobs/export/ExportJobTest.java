package dev.packhorse.jobs.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.jobs.EmbedRun;
import dev.packhorse.jobs.TextFiles;
import dev.packhorse.jobs.options.ReindexOptions.TargetFormat;
import dev.packhorse.jobs.outcome.ExitCode;
import dev.packhorse.jobs.outcome.JobException;
import dev.packhorse.stores.contract.ExportMark;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.udf.options.OptionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExportJobTest extends ExportFixture {

    /** Each id of the source is in the store once, with the bits of its vector. */
    private void assertInStep(TargetFormat format) {
        var expected = new java.util.TreeMap<String, List<Float>>();
        for (var row : published(format).collectAsList()) {
            if (row.getAs("error") == null) {
                expected.put(String.valueOf(row.<Object>getAs("id")), row.getList(row.fieldIndex("embedding")));
            }
        }
        var found = new java.util.TreeMap<String, List<Float>>();
        held().rows.forEach((id, row) -> {
            var numbers = new ArrayList<Float>();
            for (var number : row.vector()) {
                numbers.add(number);
            }
            found.put(id, numbers);
        });
        assertThat(found).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void theFirstTimeAllRowsAreSentAndThenWhatChanged(TargetFormat format) {
        fill(60);
        texts.put(7, null);
        reindex(format, "carry-columns", "lang");
        var first = export(from(format));

        assertThat(first.out()).contains("compared     all rows, for the store has none");
        assertThat(first.count("written")).isEqualTo(59);
        assertThat(held().written).doesNotHaveDuplicates();
        assertInStep(format);
        assertThat(held().mark.orElseThrow().rows()).isEqualTo(59);
        assertThat(held().indexed).isEqualTo(1);

        texts.put(3, "another text");
        texts.put(100, "a new text");
        texts.put(8, null);
        texts.remove(5);
        held().written.clear();
        reindex(format, "carry-columns", "lang");
        var second = export(from(format));

        assertThat(second.report().path("compared").asText()).startsWith("changes since version ");
        assertThat(held().written).containsExactlyInAnyOrder("3", "100");
        assertThat(List.of(
                        second.count("new"),
                        second.count("changed"),
                        second.count("unchanged"),
                        second.count("removed")))
                .containsExactly(1L, 1L, 56L, 2L);
        assertInStep(format);

        held().written.clear();
        var third = export(from(format));
        assertThat(third.out()).contains("Nothing has changed");
        assertThat(third.report().path("status").asText()).isEqualTo("unchanged");
        assertThat(held().written).isEmpty();
        assertThat(held().indexed).isEqualTo(3);
    }

    @Test
    void whereTheOldVersionIsGoneItComparesByContentHash() {
        fill(40);
        reindex(TargetFormat.ICEBERG);
        export("vectors");
        texts.put(3, "another text");
        texts.remove(4);
        reindex(TargetFormat.ICEBERG, "keep-snapshots", "1");
        held().written.clear();

        var second = export("vectors");

        assertThat(second.report().path("compared").asText()).isEqualTo("by content hash");
        assertThat(held().written).containsExactly("3");
        assertInStep(TargetFormat.ICEBERG);
    }

    @Test
    void aStoreThatLostRowsGetsThemBackByFull() {
        fill(40);
        reindex(TargetFormat.ICEBERG);
        export("vectors");
        held().rows.remove("9");
        held().written.clear();

        assertThat(export("vectors").out()).contains("Nothing has changed");
        assertThatThrownBy(() -> export("vectors", "verify", "5"))
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.AUDIT_FAILED))
                .hasMessage("memory:%s: expected 40 rows, found 39; start again with --full", store);
        export("vectors", "full", "true");

        assertThat(held().written).containsExactly("9");
        assertInStep(TargetFormat.ICEBERG);
    }

    @Test
    void aRunThatFailsIsGoneOnWithAndNothingConfirmedIsSentAgain() {
        fill(80);
        reindex(TargetFormat.ICEBERG);
        held().failing = id -> id.equals("55");

        assertThatThrownBy(() -> export("vectors"))
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.STORE_FAILED))
                .hasMessage("memory:%s: expected to take row 55, found none willing", store);
        assertThat(exportReport().path("exit_code").asInt()).isEqualTo(6);
        assertThat(held().discarded).isEqualTo(1);
        var confirmed = List.copyOf(held().written);
        held().failing = id -> false;
        held().written.clear();
        export("vectors");

        assertThat(confirmed).isNotEmpty();
        assertThat(held().written).doesNotContainAnyElementsOf(confirmed);
        assertThat(confirmed.size() + held().written.size()).isEqualTo(80);
        assertInStep(TargetFormat.ICEBERG);
    }

    @Test
    void aRunThatDiesWhileItSendsChangesLeavesNothingThatLaterRunsDoNotSee() {
        fill(80);
        reindex(TargetFormat.ICEBERG);
        export("vectors");
        var first = open(TargetFormat.ICEBERG).published().orElseThrow().version();
        texts.put(3, "another text");
        texts.put(100, "a text that comes and goes");
        texts.put(101, "a text that nobody takes");
        reindex(TargetFormat.ICEBERG);
        held().failing = id -> id.equals("101");
        assertThatThrownBy(() -> export("vectors", "batch-rows", "1")).isInstanceOf(JobException.class);
        held().failing = id -> false;
        held().rows.put("100", held().rows.getOrDefault("100", held().rows.get("3"))); // whatever came first

        open(TargetFormat.ICEBERG).rollBack(first);
        var last = export("vectors");

        assertThat(last.report().path("compared").asText()).isEqualTo("by content hash");
        assertInStep(TargetFormat.ICEBERG);
    }

    @Test
    void whoKeepsAndThenDeletesHasNoOldRowsLeft() {
        fill(40);
        reindex(TargetFormat.ICEBERG);
        export("vectors");
        texts.remove(7);
        reindex(TargetFormat.ICEBERG);
        export("vectors", "deletes", "keep", "verify", "5");
        assertThat(held().rows).hasSize(40);
        texts.put(8, "another text");
        reindex(TargetFormat.ICEBERG);
        export("vectors", "deletes", "keep", "verify", "5");

        export("vectors");

        assertInStep(TargetFormat.ICEBERG);
    }

    @Test
    void whatBecomesMetadataIsPartOfWhatIsCompared() {
        var place = folder.resolve("versions/version-1").toString();
        spark.sql("SELECT id, array(float(1), float(id)) AS embedding, array(id) AS tags FROM range(30)")
                .write()
                .parquet(place);

        export(place, "model-name", "m");
        assertThat(held().rows.get("3").metadata()).isEqualTo("{\"tags\":[3]}");
        export(place, "model-name", "m", "carry-columns", "id");

        assertThat(held().rows.get("3").metadata()).isEqualTo("{}");
    }

    @Test
    void rowsThatAreRefusedAreToldAndTriedAgain() {
        fill(30);
        reindex(TargetFormat.ICEBERG);
        held().refusing = id -> id.equals("12");

        assertThatThrownBy(() -> export("vectors"))
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.STORE_FAILED))
                .hasMessage(
                        "memory:%s: expected to take all rows, found 1 refused: 12 (not this one); the others are there",
                        store);
        assertThat(held().rows).hasSize(29);
        held().refusing = id -> false;
        held().written.clear();
        export("vectors");

        assertThat(held().written).containsExactly("12");
        assertInStep(TargetFormat.ICEBERG);
    }

    @Test
    void aFolderThatEmbedWroteIsSentByContentHash() {
        var rows = new ArrayList<>(
                IntStream.range(0, 30).mapToObj("text number %d"::formatted).toList());
        var input = folder.resolve("in/texts.jsonl");
        TextFiles.json(input, rows);
        var output = folder.resolve("out");
        EmbedRun.to(output).from("json", input).run();

        export(output.toString());
        assertThat(held().rows).hasSize(30);
        assertThat(held().models).allSatisfy(model -> assertThat(model).startsWith("tiny-bert "));
        rows.set(4, "another");
        rows.remove(29);
        TextFiles.json(input, rows);
        EmbedRun.to(output).from("json", input).set("mode", "overwrite").run();
        held().written.clear();
        var second = export(output.toString());

        assertThat(second.report().path("compared").asText()).isEqualTo("by content hash");
        assertThat(held().written).containsExactly("4");
        assertThat(held().rows).hasSize(29).doesNotContainKey("29");
    }

    @Test
    void columnsGoAlongInTheirTypes() {
        spark.sql("""
                        SELECT id, array(float(1), float(0)) AS embedding, sha2(string(id), 256) AS text_hash,
                            CAST(NULL AS STRING) AS error, string(id) AS title, int(id) AS year, float(0.5) AS price,
                            id = 1 AS fresh, array(1, 2) AS tags, date'2026-01-02' AS day
                        FROM range(3)""").write().parquet(folder.resolve("foreign").toString());

        export(folder.resolve("foreign").toString(), "model-name", "theirs");

        assertThat(held().table.orElseThrow().schema().toString())
                .contains("title: Utf8", "year: Int(64, true)", "price: FloatingPoint(DOUBLE)", "fresh: Bool");
        assertThat(held().rows.get("1").carried())
                .isEqualTo(List.of(Optional.of("1"), Optional.of(1L), Optional.of(0.5), Optional.of(true)));
        assertThat(held().rows.get("1").metadata()).isEqualTo("{\"tags\":[1,2],\"day\":\"2026-01-02\"}");
        assertThat(held().models.get(0)).startsWith("theirs ");
    }

    @Test
    void chunksOfATextAreRowsOfTheirOwn() {
        fill(3);
        texts.put(9, "word ".repeat(600));
        reindex(TargetFormat.PARQUET, "long-text", "chunk");
        export(from(TargetFormat.PARQUET));

        assertThat(held().rows.keySet()).contains("0#0", "9#0", "9#1");
        var columns = held().table.orElseThrow().carried().stream()
                .map(column -> column.name())
                .toList();
        assertThat(columns).startsWith("text_id", "chunk", "chunk_start", "chunk_end");
        assertThat(held().rows.get("9#1").carried().subList(0, 2))
                .isEqualTo(List.of(Optional.of("9"), Optional.of(1L)));
    }

    @Test
    void whatIsWrongWithRowsIsSaidBeforeAnythingIsSent() {
        var sql =
                "SELECT id, array(float(1), float(%s)) AS embedding FROM VALUES (1L, 0.0), (2L, 0.0), (3L, 0.0) AS t(id, x)";
        var twice = write("twice", sql.formatted("0") + " UNION ALL SELECT 2L, array(float(1), float(0))");
        var infinite = write("infinite", sql.formatted("if(id = 2, 'NaN', '0')"));
        var holed = write("holed", "SELECT id, array(float(1), IF(id = 2, NULL, float(0))) AS embedding FROM range(3)");
        var longer = write(
                "longer",
                "SELECT id, IF(id = 3, array(float(1)), array(float(1), float(0))) AS embedding FROM VALUES (1L), (2L), (3L) AS t(id)");

        assertRefused(
                twice, "nothing was sent: duplicate ids: expected each id once, found some more than once; ids 2");
        assertRefused(
                infinite,
                "nothing was sent: finite values: expected numbers alone, found null, NaN or infinite ones; ids 2");
        assertRefused(
                holed,
                "nothing was sent: finite values: expected numbers alone, found null, NaN or infinite ones; ids 2");
        assertRefused(longer, "nothing was sent: dimension: expected vectors of 2 numbers, found others; ids 3");
    }

    private String write(String name, String sql) {
        var path = folder.resolve(name).toString();
        spark.sql(sql).coalesce(1).sortWithinPartitions("id").write().parquet(path);
        return path;
    }

    private void assertRefused(String from, String message) {
        assertThatThrownBy(() -> export(from, "model-name", "m"))
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.AUDIT_FAILED))
                .hasMessage(message);
        assertThat(held().written).isEmpty();
        assertThat(held().mark).isEmpty();
    }

    @Test
    void rowsOfOthersAreNeverDeleted() {
        fill(25);
        reindex(TargetFormat.ICEBERG);
        held().rows.put("theirs", TestRow.random("theirs", "h", new java.util.Random(1), 32));
        var name = open(TargetFormat.ICEBERG).location();

        assertThatThrownBy(() -> export("vectors"))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--to memory:%s: expected a store that is empty or has rows of %s alone, found rows of others; name another, or set --deletes keep to add to it",
                        store, name);
        export("vectors", "deletes", "keep");
        assertThat(held().rows).hasSize(26).containsKey("theirs");
        assertThat(held().mark.orElseThrow().source()).isEqualTo("+" + name);
        texts.remove(3);
        reindex(TargetFormat.ICEBERG);
        export("vectors", "deletes", "keep");
        assertThat(held().rows).hasSize(26).containsKeys("theirs", "3");
        assertThatThrownBy(() -> export("vectors"))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("found rows of others and of " + name);
    }

    @Test
    void aStoreOfAnotherSourceIsLeftAlone() {
        fill(25);
        reindex(TargetFormat.ICEBERG);
        export("vectors");
        held().mark = Optional.of(new ExportMark("lake.other", "1", "t", 25));

        assertThatThrownBy(() -> export("vectors"))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("found rows of lake.other; name another");
    }

    @Test
    void aSourceThatIsHalfThereEmptiesNoStore() {
        var input = folder.resolve("in/texts.jsonl");
        TextFiles.json(
                input,
                IntStream.range(0, 40).mapToObj("text number %d"::formatted).toList());
        var output = folder.resolve("out");
        EmbedRun.to(output).from("json", input).run();
        export(output.toString());
        TextFiles.json(input, List.of("text number 0"));
        EmbedRun.to(output).from("json", input).set("mode", "overwrite").run();

        assertThatThrownBy(() -> export(output.toString()))
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.AUDIT_FAILED))
                .hasMessage(
                        "nothing was sent: removed rows: expected at most 0.5 of the store's rows to go (--max-removed), found 39 of 40");
        assertThat(held().rows).hasSize(40);
        export(output.toString(), "max-removed", "1");
        assertThat(held().rows).hasSize(1);
    }

    @Test
    void recallIsPrintedAndMayBeAskedFor() {
        fill(60);
        reindex(TargetFormat.ICEBERG);

        var exported = export("vectors", "verify", "20", "min-recall", "1");

        assertThat(exported.out())
                .contains("verified     recall@10 1.0000 for 20 vectors, against exact search; the store has 60 rows");
        assertThat(exported.report().path("recall").asDouble()).isEqualTo(1);
    }

    @Test
    void optionsThatDoNotFitAreRefusedBeforeSparkDoesAnything() {
        var conf = spark.sparkContext().getConf();

        assertThatThrownBy(() -> ExportJob.of(exportOptions("x", "to", "memry:x"), conf, System.out, Map.of()))
                .isInstanceOf(OptionException.class)
                .hasMessageStartingWith("--to memry:...: expected an address such as ")
                .hasMessageEndingWith("the nearest is memory:");
        assertThatThrownBy(
                        () -> ExportJob.of(exportOptions("x", "pinecone-namespace", "n"), conf, System.out, Map.of()))
                .isInstanceOf(OptionException.class)
                .hasMessage("--pinecone-namespace: expected with --to pinecone:, found with --to memory:");
        assertThatThrownBy(() -> export(folder.resolve("nowhere").toString()))
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.SOURCE_UNREADABLE))
                .hasMessageEndingWith(
                        "expected a folder, or a table that is in --warehouse or in a configured catalog, found neither");
    }
}
