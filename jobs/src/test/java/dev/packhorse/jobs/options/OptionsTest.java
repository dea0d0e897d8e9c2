package dev.packhorse.jobs.options;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.jobs.bench.BenchOptions;
import dev.packhorse.jobs.demo.DemoOptions;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionType.Shape;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptionsTest {

    static Stream<List<Option<?>>> commands() {
        return Stream.of(EmbedOptions.ALL, ReindexOptions.ALL, ExportOptions.all(), DemoOptions.ALL, BenchOptions.ALL);
    }

    static Stream<Option<?>> options() {
        return commands().flatMap(List::stream).distinct();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void namesAreUnique(List<Option<?>> options) {
        assertThat(options.stream().map(Option::name)).doesNotHaveDuplicates();
        assertThat(options.stream().map(Option::confKey)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("options")
    void helpIsOneLineThatEndsWithAFullStop(Option<?> option) {
        assertThat(option.name()).matches("[a-z]+(-[a-z0-9]+)*");
        assertThat(option.help()).isNotBlank().doesNotContain("\n", "|").endsWith(".");
        assertThat(option.type().label()).isNotBlank().doesNotContain("\n", "|");
    }

    @ParameterizedTest
    @MethodSource("options")
    void whatADefaultIsShownAsIsReadAsTheDefault(Option<?> option) {
        assertDefaultIsReadBack(option);
    }

    private static <T> void assertDefaultIsReadBack(Option<T> option) {
        option.fallback().ifPresent(value -> {
            var shown = option.type().writer().apply(value);
            var texts = option.type().shape() == Shape.REPEATED && shown.isEmpty() ? List.<String>of() : List.of(shown);
            assertThat(option.type().reader().apply(texts)).isEqualTo(value);
        });
    }

    @Test
    void everyOptionThatThereIsIsListed() {
        Map.of(EncodeOptions.class, EncodeOptions.ALL, EmbedOptions.class, EmbedOptions.ALL)
                .forEach((type, listed) -> assertThat(Arrays.stream(type.getFields())
                                .filter(field -> field.getType() == Option.class)
                                .map(OptionsTest::value))
                        .isNotEmpty()
                        .allSatisfy(option -> assertThat(listed).contains(option)));
    }

    private static Option<?> value(Field field) {
        try {
            return (Option<?>) field.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
