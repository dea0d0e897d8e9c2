package dev.packhorse.udf.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.udf.options.EncodeOptions.OnError;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionTypeTest {

    private static <T> T read(OptionType<T> type, String... texts) {
        return type.read("--some", List.of(texts));
    }

    private static void assertRefused(OptionType<?> type, String expected, String... texts) {
        assertThatThrownBy(() -> read(type, texts))
                .isInstanceOf(OptionException.class)
                .hasMessage("--some: expected %s, found '%s'".formatted(expected, String.join(",", texts)));
    }

    @Test
    void textIsKeptAsItIs() {
        assertThat(read(OptionType.text(), " a, b=c ")).isEqualTo(" a, b=c ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\n"})
    void blankTextIsRefused(String text) {
        assertRefused(OptionType.text(), "text", text);
    }

    @Test
    void aSingleTextGivenTwiceIsRefused() {
        assertRefused(OptionType.text(), "text", "a", "b");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "9, 9", "' 7 ', 7", "+3, 3"})
    void integersWithinTheBoundsAreRead(String text, int value) {
        assertThat(read(OptionType.integer(1, 9), text)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "10", "-1", "", "x", "1.0", "99999999999"})
    void otherIntegersAreRefused(String text) {
        assertRefused(OptionType.integer(1, 9), "an integer from 1 to 9", text);
    }

    @ParameterizedTest
    @CsvSource({"0.5, 0.5", "-1, -1", "' 1 ', 1", "1e-3, 0.001"})
    void numbersWithinTheBoundsAreRead(String text, double value) {
        var type = OptionType.number(-1, 1);

        assertThat(read(type, text)).isEqualTo(value);
        assertThat(read(type, type.writer().apply(value))).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.01", "-2", "NaN", "", "x"})
    void otherNumbersAreRefused(String text) {
        assertRefused(OptionType.number(-1, 1), "a number from -1 to 1", text);
    }

    @ParameterizedTest
    @CsvSource({"45s, 45", "30m, 1800", "12h, 43200", "' 7D ', 604800", "0s, 0"})
    void timesAreRead(String text, long seconds) {
        assertThat(read(OptionType.duration(), text)).hasSeconds(seconds);
    }

    @ParameterizedTest
    @CsvSource({"90, 90s", "3600, 1h", "5400, 90m", "86400, 1d", "0, 0s"})
    void timesAreShownInTheLargestUnit(long seconds, String text) {
        assertThat(OptionType.duration().writer().apply(Duration.ofSeconds(seconds)))
                .isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7", "d", "-1d", "1.5h", "1w"})
    void otherTimesAreRefused(String text) {
        assertRefused(OptionType.duration(), "a time such as 45s, 30m, 12h or 7d", text);
    }

    @ParameterizedTest
    @CsvSource({"true, true", "FALSE, false", "' True ', true"})
    void flagsAreRead(String text, boolean value) {
        assertThat(read(OptionType.flag(), text)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yes", "1", "truefalse"})
    void otherFlagsAreRefused(String text) {
        assertRefused(OptionType.flag(), "true or false", text);
    }

    @ParameterizedTest
    @CsvSource({"row, ROW", "FAIL, FAIL", "' fail ', FAIL"})
    void choicesAreReadByTheirNames(String text, OnError value) {
        assertThat(read(OptionType.choice(OnError.class, OnError::id), text)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "rows", "row,fail"})
    void otherChoicesAreRefused(String text) {
        assertRefused(OptionType.choice(OnError.class, OnError::id), "one of row, fail", text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1048577, 1048577",
        "512k, 524288",
        "512KB, 524288",
        "256m, 268435456",
        "256mb, 268435456",
        "' 1g ', 1073741824",
        "7b, 7"
    })
    void sizesAreReadInPowersOf1024(String text, long bytes) {
        assertThat(read(OptionType.bytes(), text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5g", "1t", "m", "1 g", "999999999999999g", "1234567890123456"})
    void otherSizesAreRefused(String text) {
        assertRefused(OptionType.bytes(), "a size such as 512k, 256m or 1g", text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1023, 1023", "1024, 1k", "1025, 1025", "1048576, 1m", "3221225472, 3g"})
    void sizesAreShownInTheLargestUnitThatFits(long bytes, String text) {
        assertThat(OptionType.bytes().writer().apply(bytes)).isEqualTo(text);
    }

    @Test
    void textsKeepTheirOrder() {
        assertThat(read(OptionType.texts(), "b", "a", "b")).containsExactly("b", "a", "b");
        assertThat(read(OptionType.texts())).isEmpty();
    }

    @Test
    void aBlankAmongTextsIsRefused() {
        assertRefused(OptionType.texts(), "text, may be repeated", "a", " ");
    }

    /** A run that died is found again by the text of its options. */
    @Test
    void pairsAreTheSameTextInWhateverOrderTheyCome() {
        var type = OptionType.pairs();
        assertThat(type.writer().apply(read(type, "c=3", "a=1", "b=2"))).isEqualTo("a=1,b=2,c=3");
    }

    @Test
    void pairsAreSplitAtTheirFirstEqualsSign() {
        assertThat(read(OptionType.pairs(), "sep=;", "a=b=c", "empty="))
                .isEqualTo(Map.of("sep", ";", "a", "b=c", "empty", ""));
    }

    @Test
    void theLastOfPairsWithOneKeyWins() {
        assertThat(read(OptionType.pairs(), "a=1", "a=2")).isEqualTo(Map.of("a", "2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "=b"})
    void otherPairsAreRefused(String text) {
        assertRefused(OptionType.pairs(), "key=value, may be repeated", text);
    }

    @ParameterizedTest
    @CsvSource({"grene, green", "verde, green", "rouge, red", "rde, red"})
    void ofANameThatIsNoneTheNearestIsSaid(String text, String meant) {
        var type = OptionType.named(
                "a colour",
                Map.of("red", "red", "rouge", "red", "green", "green", "verde", "green"),
                name -> {
                    if (!List.of("red", "green").contains(name)) {
                        throw new IllegalArgumentException("no colour");
                    }
                    return name;
                },
                name -> name);

        assertThat(read(type, "red")).isEqualTo("red");
        assertThatThrownBy(() -> read(type, text))
                .isInstanceOf(OptionException.class)
                .hasMessage("--some: expected a colour, found '%s'; the nearest is %s".formatted(text, meant));
    }

    @ParameterizedTest
    @CsvSource({
        "gpu, cuda",
        "GPU:1, cuda:0",
        "cuda:x, cuda:0",
        "cuda0, cuda",
        "cup, cpu",
        "automatic, auto",
        "cudaa, cuda",
    })
    void ofADeviceThatIsNoneTheNearestIsSaid(String text, String meant) {
        assertThatThrownBy(() -> read(EncodeOptions.DEVICE.type(), text))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--some: expected auto, cpu, cuda or cuda:N with the number of a GPU, found '%s'; the nearest is %s"
                                .formatted(text, meant));
    }
}
