package dev.packhorse.jobs.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LengthsTest {

    private static Lengths read(String written) {
        return OptionValues.read(BenchOptions.ALL, Map.of(), Map.of("lengths", List.of(written)))
                .get(BenchOptions.LENGTHS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"corpus", "fixed:128", "uniform:8-512", "fixed:2"})
    void whatIsWrittenIsRead(String written) {
        assertThat(read(written).text()).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"fixed", "fixed:1", "fixed:x", "uniform:8", "uniform:9-8", "uniform:1-8", "normal:3", "fixed:-3"
            })
    void anythingElseIsRefused(String written) {
        assertThatThrownBy(() -> read(written))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--lengths: expected corpus, fixed:N or uniform:A-B, of 2 tokens or more, found '%s'", written);
    }

    @Test
    void uniformLengthsReachBothEnds() {
        var lengths = new Lengths.Uniform(3, 6).draw(1_000, new Random(1));
        assertThat(lengths).hasSize(1_000).contains(3, 4, 5, 6);
        assertThat(Arrays.stream(lengths).boxed()).allMatch(length -> length >= 3 && length <= 6);
        assertThat(new Lengths.Fixed(7).draw(3, new Random(1))).containsExactly(7, 7, 7);
    }
}
