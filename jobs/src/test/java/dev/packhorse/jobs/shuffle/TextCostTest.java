package dev.packhorse.jobs.shuffle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.packhorse.udf.LocalSpark;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;

class TextCostTest {

    private static double cost(TextCost cost, String text) {
        return LocalSpark.session()
                .range(1)
                .select(cost.of(functions.lit(text).cast("string")))
                .head()
                .getDouble(0);
    }

    @Test
    void attentionCostsAsMuchAsTheLayersAtThreeTimesTheDimension() {
        var tokens = 3 * 32;

        assertThat(cost(new TextCost(1_000, false, 32), "a".repeat(4 * (tokens - 2))))
                .isCloseTo(2.01 * tokens, within(1e-9));
    }

    @Test
    void whatTheModelDoesNotReadIsTokenizedAllTheSame() {
        var cost = new TextCost(64, false, 32);

        assertThat(cost(cost, "a".repeat(4 * 998)) - cost(cost, "a".repeat(4 * 98)))
                .isCloseTo(9, within(1e-9));
    }

    @Test
    void chunksCostAsManyTimesAsThereAre() {
        var cost = new TextCost(64, true, 32);

        assertThat(cost(cost, "a".repeat(4 * 638)) / cost(cost, "a".repeat(4 * 62)))
                .isCloseTo(10, within(1e-9));
    }

    @Test
    void aRowWithoutATextCostsAsMuchAsTheShortest() {
        var cost = new TextCost(64, false, 32);

        assertThat(cost(cost, null)).isPositive().isEqualTo(cost(cost, ""));
    }
}
