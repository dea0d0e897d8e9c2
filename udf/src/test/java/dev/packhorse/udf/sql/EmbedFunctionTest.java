package dev.packhorse.udf.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Fixtures;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbedFunctionTest extends EmbedQueries {

    @Nested
    class Plans {

        @Test
        void oneBatchedOperatorBelowTheProjection() {
            var rows = sql("SELECT id, embed(text) FROM texts");

            assertThat(rows.schema().simpleString()).matches("struct<id:int,embed\\(.*:array<float>>");
            assertThat(embeddings(rows)).isOne();
            assertThat(evaluatesRowByRow(rows)).isFalse();
            assertThat(rows.queryExecution().executedPlan().toString()).contains("PackhorseEmbed");
        }

        @Test
        void twoCallsOnOneTextComputeOnce() {
            assertThat(embeddings(sql(
                            "SELECT embed(text) AS a, embed(text) AS b, embed_with_details(text, %s).tokens FROM texts"
                                    .formatted(OPTIONS))))
                    .isOne();
            assertThat(embeddings(
                            sql("SELECT embed(text) FROM texts WHERE dot_product(embed(text), embed(text)) > 0.5")))
                    .isOne();
            assertThat(embeddings(sql("""
                                    SELECT a.id, embed(text) FROM (SELECT id, text, embed(text) AS e FROM texts) a
                                    WHERE dot_product(a.e, a.e) > 0.5 ORDER BY cosine_similarity(embed(text), a.e)"""))).isOne();
        }

        @Test
        void callsOnTwoTextsOrWithTwoModelsComputeTwice() {
            assertThat(embeddings(sql("SELECT embed(text), embed(unused, %s) FROM texts".formatted(OPTIONS))))
                    .isEqualTo(2);
            assertThat(embeddings(
                            sql("SELECT embed(text), embed(text, map('model', '%s', 'truncate-dim', '3')) FROM texts"
                                    .formatted(Fixtures.tinyBert()))))
                    .isEqualTo(2);
        }

        @Test
        void columnsThatNobodyReadsDoNotComeToIt() {
            assertThat(sql("SELECT id, embed(text) FROM texts")
                            .queryExecution()
                            .executedPlan()
                            .toString())
                    .contains("ReadSchema: struct<id:int,text:string>");
        }

        @Test
        void filtersOnOtherColumnsComeFirst() {
            var plan = sql("SELECT id, embed(text) AS e FROM texts WHERE id > 5")
                    .queryExecution()
                    .optimizedPlan()
                    .toString();

            assertThat(plan.indexOf("Filter")).isGreaterThan(plan.indexOf("EmbedRows"));
        }

        @Test
        void aLimitLetsNoMoreRowsComeThanMayLeave() {
            var plan = sql("SELECT id, embed(text) AS e, embed(unused, %s) AS f FROM texts LIMIT 3".formatted(OPTIONS))
                    .queryExecution()
                    .optimizedPlan()
                    .toString();

            assertThat(plan.lastIndexOf("LocalLimit")).isGreaterThan(plan.lastIndexOf("EmbedRows"));
            assertThat(sql("SELECT id, embed(text) AS e FROM texts LIMIT 3").collectAsList())
                    .hasSize(3);
        }

        @Test
        void joinsSortsAndAggregatesGetTheirVectorsFromIt() {
            for (var query : List.of(
                    "SELECT a.id, b.id FROM texts a JOIN texts b ON dot_product(embed(a.text, %s), embed(b.text, %s)) > 0.9"
                            .formatted(OPTIONS, OPTIONS),
                    "SELECT id FROM texts ORDER BY embed(text)[0]",
                    "SELECT max(embed(text)[0]), count(*) FROM texts",
                    "SELECT embed(text)[0] > 0, count(*) FROM texts GROUP BY embed(text)[0] > 0",
                    "SELECT id, explode(embed(text)) FROM texts",
                    "SELECT id, rank() OVER (ORDER BY embed(text)[0]) FROM texts")) {
                var rows = sql(query);
                assertThat(evaluatesRowByRow(rows))
                        .as(query + rows.queryExecution())
                        .isFalse();
                assertThat(embeddings(rows)).as(query).isPositive();
                assertThat(rows.collectAsList()).as(query).isNotEmpty();
            }
        }

        @Test
        void aConstantIsEmbeddedOnceOnTheDriver() {
            var rows = sql("SELECT id, embed('a constant', %s) FROM texts".formatted(OPTIONS));

            assertThat(embeddings(rows)).isZero();
            assertThat(evaluatesRowByRow(rows)).isFalse();
        }

        @Test
        void whatStandsAboveGroupsIsEmbeddedThere() {
            var rows = sql("SELECT text, embed(text) AS e FROM texts GROUP BY text")
                    .collectAsList();

            assertThat(rows).hasSize((int) TEXTS.stream().distinct().count());
        }
    }

    @Nested
    class Partitions {

        @Test
        void ofOneFileAreDealtOutToAllCores() {
            assertThat(spark.table("one").rdd().getNumPartitions()).isOne();
            assertThat(sql("SELECT id, embed(text) FROM one").rdd().getNumPartitions())
                    .isEqualTo(12);
            assertReference(sql("SELECT id, embed(text) FROM one").collectAsList());
        }

        @Test
        void inOrderStayAsTheyAre() {
            assertThat(sql("SELECT id, embed(text) FROM (SELECT * FROM texts ORDER BY id LIMIT 9)")
                            .collectAsList())
                    .extracting(row -> row.getInt(0))
                    .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
        }
    }

    @Nested
    class Vectors {

        @Test
        void equalTheReference() {
            assertReference(sql("SELECT id, embed(text) FROM texts").collectAsList());
        }

        @Test
        void areTheSameAloneAndInAnyCompany() {
            var together = sql("SELECT id, embed(text) FROM texts ORDER BY id").collectAsList();
            var constants = sql("SELECT 7, embed('%s', %s)"
                            .formatted(TEXTS.get(7).replace("'", "\\'"), OPTIONS))
                    .collectAsList();

            assertThat(constants.get(0).<Float>getList(1))
                    .isEqualTo(together.get(7).getList(1));
        }

        @Test
        void keepTheirRowsInOrder() {
            var rows = sql("SELECT id, embed(text) FROM (SELECT * FROM texts ORDER BY id)")
                    .collectAsList();

            assertThat(rows).extracting(row -> row.getInt(0)).isSorted();
        }

        @ParameterizedTest
        @ValueSource(strings = {"'chunk-tokens', '30'", "'chunk-tokens', '20', 'chunk-overlap', '5'"})
        void ofTextsThatAreCutInTwoWaysAreThoseOfEachWay(String other) {
            var chunks = "embed(t, map('model', '%s', 'long-text', 'chunk', 'chunk-output', 'mean', %s))";
            var a = chunks.formatted(Fixtures.tinyBert(), "'chunk-tokens', '20'");
            var b = chunks.formatted(Fixtures.tinyBert(), other);
            var texts = "(SELECT concat(id, repeat(' mule horse', 60)) AS t FROM texts WHERE id = 1)";

            var together =
                    spark.sql("SELECT %s, %s FROM %s".formatted(a, b, texts)).first();

            assertThat(together.<Float>getList(0))
                    .isEqualTo(spark.sql("SELECT %s FROM %s".formatted(a, texts))
                            .first()
                            .getList(0))
                    .isNotEqualTo(together.getList(1));
            assertThat(together.<Float>getList(1))
                    .isEqualTo(spark.sql("SELECT %s FROM %s".formatted(b, texts))
                            .first()
                            .getList(0));
        }

        @Test
        void ofNullAndOfEmptyTextsAreNullAndTheDetailsSayWhy() {
            var rows =
                    sql("SELECT embed(t, %1$s), embed_with_details(t, %1$s) AS d, d.error, d.tokens FROM VALUES (null), (' '), ('a') AS v(t)"
                                    .formatted("map('model', '%s')".formatted(Fixtures.tinyBert())))
                            .collectAsList();

            assertThat(rows).extracting(row -> row.isNullAt(0)).containsExactly(true, true, false);
            assertThat(rows)
                    .extracting(row -> row.getString(2))
                    .containsExactly(
                            "text in column 'v.t' is null", "text in column 'v.t' is empty or white space", null);
        }
    }
}
