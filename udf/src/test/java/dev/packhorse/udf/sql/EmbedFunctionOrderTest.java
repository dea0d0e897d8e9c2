package dev.packhorse.udf.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.udf.TextEmbedder;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits, orders and partitions around an embedding: which rows come to it, and in which order they leave. */
class EmbedFunctionOrderTest extends EmbedQueries {

    private static final int ALL = TEXTS.size();

    private static void assertLimitsFirst(Dataset<Row> rows) {
        var plan = optimized(rows);
        assertThat(plan.lastIndexOf("GlobalLimit")).as(plan).isGreaterThan(plan.lastIndexOf("EmbedRows"));
    }

    private static void assertVectorsByScore(List<Row> rows, int count) {
        assertThat(rows).hasSize(count);
        var expected = byScore(count);
        for (var i = 0; i < count; i++) {
            assertReference(expected.get(i), rows.get(i).getList(0));
        }
    }

    @Nested
    class TheFirstOfAnOrder {

        private static final String TOP =
                "SELECT id, embed(text) AS e FROM (SELECT * FROM texts ORDER BY score LIMIT 5)";

        @Test
        void areTheSameWhenTheyAreEmbedded() {
            var rows = sql(TOP);

            assertLimitsFirst(rows);
            var found = rows.collectAsList();
            assertThat(ids(found)).isEqualTo(byScore(5));
            assertReference(found);
            assertThat(embeddedRows(rows)).isEqualTo(5);
        }

        @Test
        void areTheSameWhenTheyAreWrittenCachedOrCounted() {
            sql(TOP).write().mode("overwrite").parquet(file("top"));
            assertThat(ids(spark.read().parquet(file("top")).collectAsList())).isEqualTo(byScore(5));

            var cached = sql(TOP).cache();
            assertThat(ids(cached.collectAsList())).isEqualTo(byScore(5));
            cached.unpersist(true);

            assertThat(ids(sql(TOP).toJavaRDD().collect())).isEqualTo(byScore(5));
        }

        @Test
        void areTheSameWherePlansDoNotAdapt() {
            spark.conf().set("spark.sql.adaptive.enabled", "false");
            try {
                var rows = sql(TOP);
                assertThat(ids(rows.collectAsList())).isEqualTo(byScore(5));
                assertThat(embeddedRows(rows)).isEqualTo(5);
                assertThat(sql("SELECT id, embed(text) FROM one LIMIT 5000")
                                .rdd()
                                .getNumPartitions())
                        .isEqualTo(12);
            } finally {
                spark.conf().unset("spark.sql.adaptive.enabled");
            }
        }

        @Test
        void areTheSameWithAnOffset() {
            var rows = sql("SELECT id, embed(text) AS e FROM (SELECT * FROM texts ORDER BY score LIMIT 5 OFFSET 2)");

            assertThat(ids(rows.collectAsList())).isEqualTo(byScore(7).subList(2, 7));
            assertThat(embeddedRows(rows)).isEqualTo(5);
        }

        @Test
        void areTheSameForAStageOfAPipeline() {
            var stage = new TextEmbedder()
                    .setModel(dev.packhorse.engine.Fixtures.tinyBert().toString())
                    .setEmptyText("encode");
            var top = stage.transform(
                    spark.table("texts").orderBy(functions.col("score")).limit(5));
            top.write().mode("overwrite").parquet(file("top"));

            assertThat(ids(spark.read().parquet(file("top")).collectAsList())).isEqualTo(byScore(5));
        }

        @ParameterizedTest
        @ValueSource(strings = {"LIMIT 5", "LIMIT 5 OFFSET 2"})
        void areTheSameWhenTheirVectorsAreOnlyAskedForSomething(String limit) {
            var rows = sql("SELECT id FROM (SELECT * FROM texts ORDER BY score %s) WHERE embed(text)[0] > -9"
                    .formatted(limit));

            assertThat(rows.queryExecution().executedPlan().toString()).contains("TakeOrderedAndProject");
            var first = limit.contains("OFFSET") ? 2 : 0;
            assertThat(ids(rows.collectAsList())).isEqualTo(byScore(5 + first).subList(first, 5 + first));
        }

        @Test
        void areInOrderAlsoWhereNobodyReadsWhatTheyAreOrderedBy() {
            assertVectorsByScore(
                    sql("SELECT embed(text) FROM (SELECT * FROM texts ORDER BY score LIMIT 9)")
                            .collectAsList(),
                    9);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "SELECT id, embed(text) AS e FROM texts ORDER BY score LIMIT 5",
                    "SELECT id, embed(text) AS e, score + 1 AS s FROM texts ORDER BY s LIMIT 5",
                    "SELECT id, embed(text) AS e FROM (SELECT *, -score AS s FROM texts) ORDER BY s DESC LIMIT 5"
                })
        void areAllThatIsEmbeddedWhereTheOrderIsByOtherColumns(String query) {
            var rows = sql(query);

            var found = rows.collectAsList();

            assertThat(ids(found)).isEqualTo(byScore(5));
            assertReference(found);
            assertThat(embeddedRows(rows)).isEqualTo(5);
        }

        @Test
        void byAVectorNeedAllVectors() {
            var lowest = sql("SELECT embed(text)[0] AS x FROM texts").collectAsList().stream()
                    .map(row -> row.getFloat(0))
                    .sorted()
                    .limit(3)
                    .toList();

            var rows = sql("SELECT id, embed(text) AS e, embed(unused) AS f FROM texts ORDER BY e[0] LIMIT 3");
            var found = rows.collectAsList();

            assertThat(found).extracting(row -> row.<Float>getList(1).get(0)).isEqualTo(lowest);
            assertThat(embeddedRows(rows)).isEqualTo(ALL + 3);
        }
    }

    @Nested
    class Any {

        @Test
        void fewStayInTheirOrderAndAreAllThatIsEmbedded() {
            var rows = sql("SELECT id, embed(text) FROM one LIMIT 20");

            assertThat(ids(rows.collectAsList()))
                    .isEqualTo(IntStream.range(0, 20).boxed().toList());
            assertThat(embeddedRows(rows)).isEqualTo(20);
        }

        @Test
        void fewOfManyFilesAreReadFromAsManyFilesAsItTakes() {
            var rows = sql("SELECT id, embed(text) FROM texts LIMIT 2");

            assertThat(rows.collectAsList()).hasSize(2);
            assertThat(embeddedRows(rows)).isEqualTo(2);
            assertThat(rows.queryExecution().executedPlan().toString()).contains("CollectLimit");
        }

        @Test
        void inAQueryInsideAnotherAreAllThatIsEmbedded() {
            var rows = sql("SELECT count(e) FROM (SELECT embed(text) AS e FROM texts LIMIT 7)");

            assertThat(rows.first().getLong(0)).isEqualTo(7);
            assertThat(embeddedRows(rows)).isIn(0L, 7L); // of first(), which runs another Dataset
            var written = sql("SELECT id, embed(text) AS e FROM texts LIMIT 7");
            assertLimitsFirst(written);
        }

        @ParameterizedTest
        @ValueSource(ints = {2_000, 5_000})
        void manyAreDealtOut(int limit) {
            spark.table("texts")
                    .crossJoin(spark.range(0, 30, 1, 1).toDF("copy"))
                    .coalesce(1)
                    .write()
                    .mode("overwrite")
                    .parquet(file("many"));
            spark.read().parquet(file("many")).createOrReplaceTempView("many");

            var rows = sql("SELECT id, embed(text) FROM many LIMIT " + limit);

            assertThat(rows.rdd().getNumPartitions()).isEqualTo(12);
            var found = rows.collectAsList();
            assertThat(found).hasSize(Math.min(limit, 30 * ALL));
            assertReference(found);
            assertThat(embeddedRows(rows)).isEqualTo(found.size());
        }
    }

    @Nested
    class Partitions {

        @Test
        void ofASortAreNotDealtOutWhereNobodyReadsWhatItIsBy() {
            assertVectorsByScore(
                    sql("SELECT embed(text) FROM (SELECT * FROM texts ORDER BY score)")
                            .collectAsList(),
                    ALL);
            assertVectorsByScore(
                    spark.table("one")
                            .sortWithinPartitions("score")
                            .selectExpr("embed(text, %s)".formatted(OPTIONS))
                            .collectAsList(),
                    ALL);
            var cached = spark.table("texts").orderBy("score").cache();
            assertVectorsByScore(
                    cached.selectExpr("embed(text, %s)".formatted(OPTIONS)).collectAsList(), ALL);
            cached.unpersist(true);
        }

        @Test
        void thatWereDealtOutAreNotTakenForOne() {
            spark.conf().set("spark.sql.shuffle.partitions", "1");
            try {
                var rows = sql("SELECT count(*), max(embed(m)[0]) FROM (SELECT max(text) AS m FROM texts GROUP BY id)");
                assertThat(rows.collectAsList()).hasSize(1);
                assertThat(rows.first().getLong(0)).isEqualTo(ALL);
                var ranks = sql("""
                        SELECT rank() OVER (ORDER BY embed(m)[0]) AS r
                        FROM (SELECT max(text) AS m FROM texts GROUP BY id) ORDER BY r DESC""");
                assertThat(ranks.first().getInt(0)).isGreaterThan(ALL / 2);
            } finally {
                spark.conf().unset("spark.sql.shuffle.partitions");
            }
        }

        @Test
        void thatSomebodyAskedForStay() {
            assertThat(spark.table("texts")
                            .coalesce(1)
                            .selectExpr("embed(text, %s)".formatted(OPTIONS))
                            .rdd()
                            .getNumPartitions())
                    .isOne();
        }
    }
}
