package dev.packhorse.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.jobs.EmbedRun;
import dev.packhorse.jobs.TextFiles;
import dev.packhorse.jobs.Vectors;
import dev.packhorse.udf.LocalSpark;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the embed job reads. */
class EmbedJobInputTest extends EmbedJobFixture {

    @ParameterizedTest
    @CsvSource({"STRING, string", "TINYINT, tinyint", "SMALLINT, smallint", "INT, int", "BIGINT, bigint"})
    void idsKeepTheirType(String type, String found) {
        LocalSpark.session()
                .range(3)
                .selectExpr("CAST(id AS %s) AS key".formatted(type), "concat('text ', id) AS text")
                .createOrReplaceTempView("typed");

        EmbedRun.to(output).set("table", "typed").set("id-column", "key").run();

        var rows = LocalSpark.session().read().parquet(output.toString());
        assertThat(rows.schema().apply("id").dataType().simpleString()).isEqualTo(found);
        assertThat(Vectors.byId(rows.collectAsList())).containsOnlyKeys("0", "1", "2");
    }

    @Test
    void idsThatAreFractionsAreRefused() {
        assertRefused(
                EmbedRun.to(output).set("query", "SELECT 1.5D AS id, 'a' AS text"),
                "--id-column id: expected a string or integer column, found double");
        assertThat(output).doesNotExist();
    }

    @Test
    void aQuerysRowsAreRead() {
        EmbedRun.to(output)
                .set("query", "SELECT id % 2 AS id, max(concat('text ', id)) AS text FROM range(10) GROUP BY 1")
                .run();

        assertThat(Vectors.byId(written())).containsOnlyKeys("0", "1");
    }

    @Test
    void columnsAreCarriedAlong() {
        var query = "SELECT id, concat('text ', id) AS text, id * 2.5D AS score, array(id) AS `a b` FROM range(3)";

        EmbedRun.to(output)
                .set("query", query)
                .set("carry-columns", "score", "a b")
                .run();

        assertThat(written()).hasSize(3).allSatisfy(row -> {
            assertThat(row.<Double>getAs("score")).isEqualTo(row.<Long>getAs("id") * 2.5);
            assertThat(row.<Long>getList(row.fieldIndex("a b"))).containsExactly(row.<Long>getAs("id"));
        });
    }

    @Test
    void generatedIdsAreUnique() {
        var summary = some().set("generate-ids", "true").run();

        assertThat(summary.written().vectors()).isEqualTo(4);
        assertThat(Vectors.byId(written())).hasSize(4);
    }

    @Test
    void everyLineOfATextFileIsARow() {
        var input = TextFiles.write(folder.resolve("lines.txt"), List.of("first line", "", "third, \"line\""));

        var summary = EmbedRun.to(output)
                .from("text", input)
                .set("generate-ids", "true")
                .set("text-column", "line")
                .set("carry-columns", "line")
                .run();

        assertThat(summary.written().vectors()).isEqualTo(2);
        assertThat(summary.written().errors()).isEqualTo(1);
        assertThat(written().stream().map(row -> row.<String>getAs("line")))
                .containsExactlyInAnyOrder("first line", "", "third, \"line\"");
    }

    @Test
    void csvHasAHeaderQuotesAndTextsOfSeveralLines() {
        var input = TextFiles.write(
                folder.resolve("texts.csv"),
                List.of("id,text", "1,plain", "2,\"with \"\"quotes\"\", and", "a second line\"", "3,last"));

        EmbedRun.to(output).from("csv", input).set("carry-columns", "text").run();

        assertThat(written().stream().map(row -> row.<String>getAs("id") + " " + row.<String>getAs("text")))
                .containsExactlyInAnyOrder("1 plain", "2 with \"quotes\", and\na second line", "3 last");
    }

    @Test
    void aCsvRecordThatDoesNotFitTheSchemaIsAnErrorRow() {
        var input = TextFiles.write(folder.resolve("texts.csv"), List.of("id,text", "1,good", "two,bad"));

        EmbedRun.to(output)
                .from("csv", input)
                .set("input-schema", "id INT, text STRING")
                .run();

        assertThat(written().stream().map(row -> row.<String>getAs("error")))
                .containsExactlyInAnyOrder(null, "the source record is malformed: two,bad");
    }

    @Test
    void severalInputsAndGlobsAreReadTogether() {
        for (var name : List.of("a1", "a2", "b", "c")) {
            TextFiles.write(folder.resolve(name + ".jsonl"), List.of(TextFiles.json(name, "text " + name)));
        }

        EmbedRun.to(output)
                .from("json", folder.resolve("a*.jsonl"), folder.resolve("c.jsonl"))
                .run();

        assertThat(Vectors.byId(written())).containsOnlyKeys("a1", "a2", "c");
    }

    @Test
    void optionsReachSparksReader() {
        var input = TextFiles.write(folder.resolve("texts.csv"), List.of("1;one, two", "2;three"));

        EmbedRun.to(output)
                .from("csv", input)
                .set("input-option", "sep=;", "header=false")
                .set("input-schema", "id BIGINT, text STRING")
                .run();

        assertThat(Vectors.byId(written())).containsOnlyKeys("1", "2");
    }

    @Test
    void aFormatMayFindItsRowsByOptionsAlone() {
        var parquet = folder.resolve("some.parquet").toString();
        LocalSpark.session().sql("SELECT 1L AS id, 'a text' AS text").write().parquet(parquet);

        EmbedRun.to(output)
                .set("input-format", "parquet")
                .set("input-option", "path=" + parquet)
                .run();

        assertThat(Vectors.byId(written())).containsOnlyKeys("1");
    }

    @Test
    void numberedRowsNeedAFreeName() {
        assertRefused(
                EmbedRun.to(output)
                        .set("query", "SELECT 1 AS generated_id, 'a' AS text")
                        .set("generate-ids", "true"),
                "--generate-ids: expected a source without a column generated_id, found one; is it the --id-column?");
    }

    @Test
    void anInputThatIsNotThereIsNamed() {
        var missing = folder.resolve("missing.jsonl");

        assertThatThrownBy(() -> EmbedRun.to(output).from("json", missing).run())
                .hasMessageContaining("[PATH_NOT_FOUND] Path does not exist: file:" + missing);
        assertThat(output).doesNotExist();
    }
}
