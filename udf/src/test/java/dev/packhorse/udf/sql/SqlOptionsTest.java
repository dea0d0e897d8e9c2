package dev.packhorse.udf.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.PackhorseFunctions;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a call's options may be, and what is said of those that do not fit, when the query is analysed. */
class SqlOptionsTest {

    private SparkSession spark;

    @BeforeEach
    void register() {
        spark = LocalSpark.session().newSession();
        PackhorseFunctions.register(spark);
    }

    private void assertRefused(String call, String message) {
        assertThatThrownBy(() -> spark.sql("SELECT " + call)).hasMessage(message);
    }

    private int length(String call) {
        return spark.sql("SELECT size(%s)".formatted(call)).first().getInt(0);
    }

    private static String model(String more) {
        return "map('model', '%s'%s)".formatted(Fixtures.tinyBert(), more);
    }

    @Test
    void eitherSpellingOfAName() {
        assertThat(length("embed('a', %s)".formatted(model(", 'truncate-dim', '3'"))))
                .isEqualTo(3);
        assertThat(length("embed('a', %s)".formatted(model(", 'truncateDim', '4'"))))
                .isEqualTo(4);
    }

    @Test
    void theSessionsOptionsStandInForThoseThatAreMissing() {
        spark.conf().set("spark.packhorse.model", Fixtures.tinyBert().toString());
        spark.conf().set("spark.packhorse.truncateDim", "5");

        assertThat(length("embed('a')")).isEqualTo(5);
        assertThat(length("embed('a', map('truncate-dim', '6'))")).isEqualTo(6);
        assertThat(spark.sql("SELECT token_count('a')").first().getInt(0)).isEqualTo(3);
        assertThat(spark.sql("SELECT embed(null)").first().isNullAt(0)).isTrue();
    }

    @Test
    void whatDoesNotFitIsRefusedByName() {
        assertRefused("embed('a', map('modle', 'x'))", "unknown option modle; the nearest is model");
        assertRefused(
                "embed('a', map('max-batch-tokens', 'many'))",
                "--max-batch-tokens: expected an integer from 1 to 1000000, found 'many'");
        assertRefused(
                "embed('a', %s)".formatted(model(", 'long-text', 'chunk'")),
                "long-text chunk: expected chunk-output mean, for a call has one answer for each row, found chunk-output rows");
        assertRefused(
                "embed('a', map('truncate-dim', '3', 'truncateDim', '4'))", "truncate-dim: expected once, found twice");
        assertRefused("embed()", "embed: expected 1 or 2 arguments, found 0");
        assertRefused(
                "embed('a', 'all-minilm-l6-v2')",
                "embed: expected options as a map of constant texts, such as map('model', 'all-minilm-l6-v2'), found 'all-minilm-l6-v2'");
        assertRefused(
                "token_count('a', map('model', cast(null AS string)))",
                "token_count: expected a text for option model, found null");
    }

    @Test
    void aMissingModelIsNamed() {
        assertThatThrownBy(() -> spark.sql("SELECT embed('a', map('model', '/no/such/folder'))"))
                .hasMessage(
                        "/no/such/folder: expected a model folder or one of the embedded models (all-minilm-l6-v2, bge-small-en-v1.5), found neither");
    }

    @Test
    void whatIsNoTextIsRefused() {
        assertThatThrownBy(() -> spark.sql("SELECT embed(1, %s)".formatted(model(""))))
                .hasMessageContaining("embed: expected a text of type STRING, found 1 of type INT");
        assertThatThrownBy(() -> spark.sql("SELECT token_count(array('a'), %s)".formatted(model(""))))
                .hasMessageContaining("token_count: expected a text of type STRING");
    }

    @Test
    void aTokenCountCountsWhatTheModelDoesNotRead() {
        var rows = spark.sql(
                        "SELECT token_count(t, %1$s), embed_with_details(t, %1$s).tokens, embed_with_details(t, %1$s).truncated FROM VALUES (repeat('a ', 2000)), ('a'), (null) AS v(t)"
                                .formatted(model("")))
                .collectAsList();

        assertThat(rows.get(0).getInt(0)).isEqualTo(2002);
        assertThat(rows.get(0).getInt(1)).isLessThan(2002);
        assertThat(rows.get(0).getBoolean(2)).isTrue();
        assertThat(rows.get(1).getInt(0)).isEqualTo(3);
        assertThat(rows.get(2).isNullAt(0)).isTrue();
    }

    @Test
    void onErrorFailEndsTheQuery() {
        assertThatThrownBy(() -> spark.sql("SELECT embed(t, %s) FROM VALUES (' ') AS v(t)"
                                .formatted(model(", 'on-error', 'fail'")))
                        .collectAsList())
                .rootCause()
                .hasMessage("text in column 'v.t' is empty or white space");
    }

    @Test
    void columnsOfADataFrameTakeThemToo() {
        var options = Map.of("model", Fixtures.tinyBert().toString());
        var rows = spark.range(3)
                .select(
                        PackhorseFunctions.embed(functions.col("id").cast("string"), options),
                        PackhorseFunctions.embedDetails(functions.col("id").cast("string"), options)
                                .getField("embedding"),
                        PackhorseFunctions.tokenCount(functions.lit("a"), options))
                .collectAsList();

        assertThat(rows).hasSize(3);
        assertThat(rows).allSatisfy(row -> assertThat(row.getList(0)).isEqualTo(row.getList(1)));
        assertThat(rows.get(0).getInt(2)).isEqualTo(3);
    }
}
