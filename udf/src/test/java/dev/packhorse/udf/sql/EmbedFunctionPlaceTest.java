package dev.packhorse.udf.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.packhorse.engine.Fixtures;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where in a plan an embedding is put, and what is put below it. */
class EmbedFunctionPlaceTest extends EmbedQueries {

    private static final int THIS = TEXTS.indexOf(
            TEXTS.stream().filter(text -> text.length() > 40).findFirst().orElseThrow());
    private static final String CONSTANT =
            "embed('%s', %s)".formatted(TEXTS.get(THIS).replace("'", "\\'"), OPTIONS);

    private static String executed(Dataset<Row> rows) {
        return rows.queryExecution().executedPlan().toString();
    }

    @Nested
    class BesideConstants {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "SELECT id FROM texts WHERE cosine_similarity(embed(text), CONSTANT) > 0.9999",
                    "SELECT id FROM texts ORDER BY cosine_similarity(embed(text), CONSTANT) DESC LIMIT 1",
                    "SELECT id, cosine_similarity(embed(text), CONSTANT) AS c FROM texts ORDER BY c DESC LIMIT 1",
                    "SELECT a.id FROM texts a JOIN texts b ON a.id = b.id AND cosine_similarity(embed(a.text), CONSTANT) > 0.9999",
                    "SELECT a.id FROM texts a JOIN texts b ON a.id = b.id AND cosine_similarity(embed(a.text), embed(b.text)) * cosine_similarity(embed(b.text), CONSTANT) > 0.9999",
                    "SELECT max(id) FROM texts GROUP BY id HAVING max(cosine_similarity(embed(text), CONSTANT)) > 0.9999"
                })
        void columnsAreFound(String query) {
            var rows = sql(query.replace("CONSTANT", CONSTANT));

            assertThat(evaluatesRowByRow(rows)).as(optimized(rows)).isFalse();
            assertThat(ids(rows.collectAsList()).stream().distinct().map(TEXTS::get))
                    .containsOnly(TEXTS.get(THIS));
        }
    }

    @Nested
    class Subqueries {

        @ParameterizedTest
        @ValueSource(strings = {"EXISTS", "NOT EXISTS"})
        void thatAreCorrelatedByVectorsBecomeJoins(String exists) {
            var rows = sql("""
                    SELECT id FROM texts a WHERE %s (SELECT 1 FROM texts b
                    WHERE b.id = a.id + 1 AND cosine_similarity(embed(b.text), embed(a.text)) > -2)""".formatted(exists));

            assertThat(rows.collectAsList()).hasSize(exists.startsWith("NOT") ? 1 : TEXTS.size() - 1);
            assertThat(embeddings(rows)).isEqualTo(2);
            assertThat(evaluatesRowByRow(rows)).isFalse();
        }

        @Test
        void withVectorsOfTheirOwnAreBatchedToo() {
            var rows = sql("""
                    SELECT id FROM texts WHERE embed(text)[0] = (SELECT max(embed(text)[0]) FROM texts)
                    AND id IN (SELECT id FROM texts WHERE embed(text)[1] > -2)""");

            assertThat(rows.collectAsList()).isNotEmpty();
            assertThat(evaluatesRowByRow(rows)).isFalse();
        }
    }

    @Nested
    class BelowIt {

        @Test
        void areOtherPredicatesOfTheSameFilter() {
            var rows = sql(
                    "SELECT id FROM texts WHERE dot_product(embed(text), embed(text)) > 0 AND id < 4 AND unused <> 'x'");

            assertThat(ids(rows.collectAsList())).containsExactlyInAnyOrder(0, 1, 2, 3);
            assertThat(embeddedRows(rows)).isEqualTo(4);
            assertThat(executed(rows)).contains("LessThan(id,4)");
        }

        @Test
        void isThePruningOfPartitions() {
            sql("SELECT *, id % 2 AS day FROM texts")
                    .write()
                    .mode("overwrite")
                    .partitionBy("day")
                    .parquet(file("days"));
            spark.read().parquet(file("days")).createOrReplaceTempView("days");

            var rows = sql("SELECT id FROM days WHERE embed(text)[0] > -9 AND day = 1");

            assertThat(executed(rows)).containsPattern("PartitionFilters: \\[isnotnull\\(day.*\\(day#\\d+ = 1\\)\\]");
            assertThat(ids(rows.collectAsList())).hasSize(TEXTS.size() / 2).allMatch(id -> id % 2 == 1);
            assertThat(embeddedRows(rows)).isEqualTo(TEXTS.size() / 2);
        }

        @Test
        void isAPredicateThatKeepsBadTextsAway() {
            var failing = "embed(t, map('model', '%s', 'on-error', 'fail'))".formatted(Fixtures.tinyBert());
            sql("SELECT id, IF(id % 3 = 0, NULL, concat('a ', id)) AS t FROM texts")
                    .write()
                    .mode("overwrite")
                    .parquet(file("nulls"));
            spark.read().parquet(file("nulls")).createOrReplaceTempView("nulls");

            var rows =
                    sql("SELECT id FROM nulls WHERE t IS NOT NULL AND dot_product(%1$s, %1$s) > 0".formatted(failing));

            assertThatCode(rows::collectAsList).doesNotThrowAnyException();
        }

        @Test
        void isNoPredicateThatStandsBehindARandomOne() {
            var rows = sql("SELECT id FROM texts WHERE rand() < 2 AND embed(text)[0] > -9 AND id < 4");

            assertThat(ids(rows.collectAsList())).containsExactlyInAnyOrder(0, 1, 2, 3);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "SELECT id FROM texts WHERE embed(text)[0] > -9",
                    "SELECT count(id) FROM texts WHERE embed(text)[0] > -9",
                    "SELECT id FROM texts ORDER BY embed(text)[0]",
                    "SELECT id, embed(text) FROM (SELECT * FROM texts) WHERE embed(text)[1] > -9",
                    "SELECT id FROM texts WHERE embed(text)[0] > -9 AND length(text) >= 0"
                })
        void areTheColumnsThatAreReadAndNoOthers(String query) {
            assertThat(executed(sql(query))).contains("ReadSchema: struct<id:int,text:string>");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "SELECT id, input_file_name() AS f, input_file_block_start() AS s, input_file_block_length() AS l, embed(text) AS e FROM texts",
                    "SELECT id, input_file_name() AS f, input_file_block_start() AS s, input_file_block_length() AS l FROM texts WHERE embed(text)[0] > -9",
                    "SELECT id, input_file_name() AS f, input_file_block_start() AS s, input_file_block_length() AS l, e FROM (SELECT id, embed(text) AS e, embed(unused) AS g FROM texts) WHERE e[0] > -9 AND g[0] > -9"
                })
        void areTheNamesOfTheFilesThatAreRead(String query) {
            var expected = spark.sql(
                            "SELECT id, input_file_name(), input_file_block_start(), input_file_block_length() FROM texts")
                    .collectAsList();

            var found = sql(query).collectAsList().stream()
                    .map(row -> RowFactory.create(row.get(0), row.get(1), row.get(2), row.get(3)))
                    .toList();

            assertThat(expected.stream().map(row -> row.getString(1)).distinct())
                    .hasSize(3);
            assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
        }

        @Test
        void isTheNameOfAFileThatIsEmbedded() {
            var rows = sql("SELECT id, embed_with_details(concat(input_file_name(), text), %s).tokens FROM texts"
                    .formatted(OPTIONS));

            assertThat(rows.collectAsList()).hasSize(TEXTS.size());
            assertThat(evaluatesRowByRow(rows)).isFalse();
        }
    }

    @Nested
    class RandomTexts {

        private static final String CALL =
                "embed_with_details(concat(text, cast(rand() AS STRING)), %s)".formatted(OPTIONS);

        @Test
        void areEmbeddedOnce() {
            assertThat(embeddings(sql("SELECT id, %s.embedding FROM texts".formatted(CALL))))
                    .isOne();
            assertThat(embeddings(sql(
                            "SELECT id, d.embedding, d.tokens FROM (SELECT id, %s AS d FROM texts)".formatted(CALL))))
                    .isOne();
            assertThat(embeddings(sql("SELECT id, %1$s, %1$s FROM texts".formatted(CALL))))
                    .isEqualTo(2);
        }

        @Test
        void mayStandInAFilter() {
            var rows = sql("SELECT id FROM texts WHERE %s.tokens > 0".formatted(CALL));

            assertThat(rows.collectAsList()).hasSize(TEXTS.size());
            assertThat(embeddings(rows)).isOne();
            assertThat(evaluatesRowByRow(rows)).isFalse();
        }
    }

    @Test
    void applyingTheRuleAgainChangesNothing() {
        for (var query : List.of(
                "SELECT id, embed(text), input_file_name() FROM texts WHERE embed(text)[0] > -9 AND id < 9",
                "SELECT id, embed(text) FROM texts ORDER BY score LIMIT 5")) {
            var plan = sql(query).queryExecution().optimizedPlan();
            assertThat(new ExtractEmbeddings().apply(plan)).isSameAs(plan);
        }
    }
}
