package dev.packhorse.udf.options;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionTest {

    @ParameterizedTest
    @CsvSource({
        "model, --model, model, spark.packhorse.model",
        "max-batch-tokens, --max-batch-tokens, maxBatchTokens, spark.packhorse.maxBatchTokens"
    })
    void anOptionHasOneNameInThreeSpellings(String name, String flag, String camelCase, String confKey) {
        var option = Option.of(name, OptionType.text(), "help");

        assertThat(option.flag()).isEqualTo(flag);
        assertThat(option.camelCase()).isEqualTo(camelCase);
        assertThat(option.confKey()).isEqualTo(confKey);
    }
}
