package dev.packhorse.udf.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.metrics.EmbedMetric;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.adaptive.AdaptiveSparkPlanExec;
import org.apache.spark.sql.execution.adaptive.QueryStageExec;
import org.apache.spark.sql.types.StructType;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Queries that embed, in sessions of both ways.
 *
 * <p>There is a table {@code texts} of three files with the columns {@code id}, {@code text}, {@code unused}, which are other
 * texts, and {@code score}, which orders the rows in another way; and a table {@code one} with the same rows in the order of
 * their ids in one file.
 */
@ParameterizedClass
@EnumSource(SqlSession.class)
abstract class EmbedQueries {

    static final String OPTIONS = "map('model', '%s', 'empty-text', 'encode')".formatted(Fixtures.tinyBert());
    static final List<String> TEXTS = Fixtures.texts();

    @TempDir
    static Path folder;

    static SparkSession spark;

    /** JUnit hands it to {@link #open} because it is here. */
    @Parameter
    SqlSession session;

    @BeforeAll
    static void writeTables() {
        var rows = new ArrayList<Row>();
        for (var i = 0; i < TEXTS.size(); i++) {
            rows.add(RowFactory.create(i, TEXTS.get(i), "other " + i, score(i)));
        }
        var texts = LocalSpark.session()
                .createDataFrame(rows, StructType.fromDDL("id INT, text STRING, unused STRING, score INT"));
        texts.repartition(3).write().parquet(file("texts"));
        texts.coalesce(1).write().parquet(file("one"));
    }

    @BeforeParameterizedClassInvocation
    static void open(SqlSession session) {
        spark = session.open();
        spark.read().parquet(file("texts")).createOrReplaceTempView("texts");
        spark.read().parquet(file("one")).createOrReplaceTempView("one");
    }

    static String file(String name) {
        return folder.resolve(name).toString();
    }

    /** Different for each row. */
    static int score(int id) {
        return (id * 7 + 3) % TEXTS.size();
    }

    /** Ids of the rows with the lowest scores, the lowest first. */
    static List<Integer> byScore(int rows) {
        var ids = new ArrayList<Integer>();
        for (var i = 0; i < TEXTS.size(); i++) {
            ids.add(i);
        }
        ids.sort(java.util.Comparator.comparing(EmbedQueries::score));
        return ids.subList(0, rows);
    }

    /** {@code embed(COLUMN)} stands for a call with the tiny model. */
    static Dataset<Row> sql(String query) {
        return spark.sql(query.replaceAll("embed\\(([a-z.]+)\\)", "embed($1, " + OPTIONS + ")"));
    }

    static String optimized(Dataset<Row> rows) {
        return rows.queryExecution().optimizedPlan().toString();
    }

    /** How often a plan embeds. */
    static long embeddings(Dataset<Row> rows) {
        return optimized(rows)
                .lines()
                .filter(line -> line.contains("EmbedRows"))
                .count();
    }

    static boolean evaluatesRowByRow(Dataset<Row> rows) {
        return optimized(rows).contains("embed_now(");
    }

    /** How many rows came to the embeddings of a query, which has been run by that very Dataset. */
    static long embeddedRows(Dataset<Row> rows) {
        return embeddedRows(rows.queryExecution().executedPlan());
    }

    private static long embeddedRows(SparkPlan plan) {
        if (plan instanceof AdaptiveSparkPlanExec adaptive) {
            return embeddedRows(adaptive.executedPlan());
        }
        if (plan instanceof QueryStageExec stage) {
            return embeddedRows(stage.plan());
        }
        var here = plan instanceof EmbedRowsExec
                ? plan.metrics().apply(EmbedMetric.ROWS.key()).value()
                : 0;
        return here
                + Scala.java(plan.children()).stream()
                        .mapToLong(EmbedQueries::embeddedRows)
                        .sum();
    }

    static List<Integer> ids(List<Row> rows) {
        return rows.stream().map(row -> row.getInt(0)).toList();
    }

    /** @param rows of an id and the vector of its text */
    static void assertReference(List<Row> rows) {
        assertThat(rows).isNotEmpty();
        rows.forEach(row -> assertReference(row.getInt(0), row.getList(1)));
    }

    static void assertReference(int id, List<Float> vector) {
        var expected = Fixtures.reference("tiny-bert").vectors()[id];
        for (var d = 0; d < expected.length; d++) {
            assertThat(vector.get(d)).isCloseTo(expected[d], Offset.offset(1e-5f));
        }
    }
}
