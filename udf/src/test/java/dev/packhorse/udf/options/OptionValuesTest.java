package dev.packhorse.udf.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptionValuesTest {

    private static final Option<Integer> WINDOW_ROWS =
            Option.of("window-rows", OptionType.integer(1, 100), 10, "Rows of a window.");
    private static final Option<String> OUTPUT = Option.of("output", OptionType.text(), "Where to.");
    private static final Option<List<String>> COLUMNS =
            Option.of("columns", OptionType.texts(), List.of(), "Columns to keep.");
    private static final List<Option<?>> ALL = List.of(WINDOW_ROWS, OUTPUT, COLUMNS);

    private static OptionValues conf(String key, String text) {
        return OptionValues.read(ALL, Map.of(key, text), Map.of());
    }

    private static OptionValues commandLine(String name, String... texts) {
        return OptionValues.read(ALL, Map.of(), Map.of(name, List.of(texts)));
    }

    @Test
    void anOptionNotGivenHasItsDefault() {
        var values = commandLine("output", "there");

        assertThat(values.get(WINDOW_ROWS)).isEqualTo(10);
        assertThat(values.find(COLUMNS)).contains(List.of());
        assertThat(values.isGiven(WINDOW_ROWS)).isFalse();
        assertThat(values.isGiven(OUTPUT)).isTrue();
    }

    @Test
    void anOptionWithoutDefaultIsMissingUntilItIsGiven() {
        assertThat(commandLine("columns", "a").find(OUTPUT)).isEmpty();
        assertThatThrownBy(() -> commandLine("columns", "a").get(OUTPUT))
                .isInstanceOf(OptionException.class)
                .hasMessage("--output is missing: Where to. (text)");
        assertThat(commandLine("output", "there").get(OUTPUT)).isEqualTo("there");
    }

    @Test
    void theConfigurationIsReadAndOtherKeysAreNotLookedAt() {
        var values = OptionValues.read(
                ALL, Map.of("spark.packhorse.windowRows", "7", "spark.master", "local", "window-rows", "x"), Map.of());

        assertThat(values.get(WINDOW_ROWS)).isEqualTo(7);
    }

    @Test
    void commasSeparateAListInAConfigurationButNotInAGlob() {
        assertThat(conf("spark.packhorse.columns", "a, b ,/d/{c,d}/*.json").get(COLUMNS))
                .containsExactly("a", "b", "/d/{c,d}/*.json");
    }

    @Test
    void theCommandLineWinsOverTheConfiguration() {
        var values =
                OptionValues.read(ALL, Map.of("spark.packhorse.windowRows", "7"), Map.of("window-rows", List.of("8")));

        assertThat(values.get(WINDOW_ROWS)).isEqualTo(8);
    }

    @Test
    void aListIsRepeatedOnTheCommandLineAndSeparatedByCommasInTheConfiguration() {
        assertThat(commandLine("columns", "a,b", "c").get(COLUMNS)).containsExactly("a,b", "c");
        assertThat(conf("spark.packhorse.columns", "a,b,c").get(COLUMNS)).containsExactly("a", "b", "c");
    }

    @Test
    void aTextOfTheConfigurationMayHoldCommas() {
        assertThat(conf("spark.packhorse.output", "a,b").get(OUTPUT)).isEqualTo("a,b");
    }

    @Test
    void anUnknownFlagNamesTheNearest() {
        assertThatThrownBy(() -> commandLine("window-row", "7"))
                .isInstanceOf(OptionException.class)
                .hasMessage("unknown option --window-row; the nearest is --window-rows");
    }

    @Test
    void anUnknownKeyNamesTheNearest() {
        assertThatThrownBy(() -> conf("spark.packhorse.window-rows", "7"))
                .isInstanceOf(OptionException.class)
                .hasMessage("unknown option spark.packhorse.window-rows; the nearest is spark.packhorse.windowRows");
    }

    @Test
    void aValueThatCannotBeReadIsNamedAsItWasWritten() {
        assertThatThrownBy(() -> commandLine("window-rows", "0"))
                .isInstanceOf(OptionException.class)
                .hasMessage("--window-rows: expected an integer from 1 to 100, found '0'");
        assertThatThrownBy(() -> conf("spark.packhorse.windowRows", "many"))
                .isInstanceOf(OptionException.class)
                .hasMessage("spark.packhorse.windowRows: expected an integer from 1 to 100, found 'many'");
    }

    @Test
    void everyGivenOptionIsShownAsText() {
        var values = OptionValues.read(
                ALL,
                Map.of("spark.packhorse.windowRows", "10"),
                Map.of("output", List.of("there"), "columns", List.of("a", "b")));

        assertThat(values.asText())
                .containsExactly(
                        Map.entry("columns", "a,b"), Map.entry("output", "there"), Map.entry("window-rows", "10"));
    }
}
