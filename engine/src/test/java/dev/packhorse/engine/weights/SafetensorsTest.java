package dev.packhorse.engine.weights;

import static dev.packhorse.engine.weights.SafetensorsBytes.file;
import static dev.packhorse.engine.weights.SafetensorsBytes.floats;
import static dev.packhorse.engine.weights.SafetensorsBytes.shorts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {

    @TempDir
    Path folder;

    @Test
    void tensorsOfAllFloatTypesAreReadAndOthersAreNot() throws IOException {
        var header = """
                {"__metadata__": {"format": "pt", "dtype": "F32"},
                 "full": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]},
                 "ids": {"dtype": "I64", "shape": [1], "data_offsets": [8, 16]},
                 "half": {"dtype": "F16", "shape": [2], "data_offsets": [16, 20]},
                 "brain": {"dtype": "BF16", "shape": [1, 2], "data_offsets": [20, 24]}}
                """;
        var data = concat(floats(1.5f, -2), new byte[8], shorts(0x3c00, 0xb800), shorts(0x3f80, 0xbf00));
        try (var weights = open(file(header, data))) {
            assertThat(weights.names()).containsExactly("brain", "full", "half");
            assertThat(weights.read("full", 2, 1)).containsExactly(1.5f, -2);
            assertThat(weights.read("half", 2)).containsExactly(1, -0.5f);
            assertThat(weights.read("brain", 1, 2)).containsExactly(1, -0.5f);
        }
    }

    @Test
    void aTensorWithoutDimensionsIsOneNumberAndOneOfZeroIsNone() throws IOException {
        var header = """
                {"scalar": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]},
                 "empty": {"dtype": "F32", "shape": [0, 7], "data_offsets": [4, 4]}}
                """;
        try (var weights = open(file(header, floats(3)))) {
            assertThat(weights.read("scalar")).containsExactly(3);
            assertThat(weights.read("empty", 0, 7)).isEmpty();
        }
    }

    /** All of them would read what is no data of this tensor, or leave data that is nobody's. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "4, 12 | data of a.weight from 0 on within 8 bytes", // beyond the end, behind a hole
                "0, 12 | data of a.weight from 0 on within 8 bytes", // too long
                "8, 0 | data of a.weight from 0 on within 8 bytes", // the wrong way round
                "0, -8 | data of a.weight from 0 on within 8 bytes",
                "-8, 0 | data of a.weight from 0 on within 8 bytes", // within the header
                "-1000, -992 | data of a.weight from 0 on within 8 bytes", // before the file
                // so far that sums are negative
                "9223372036854775799, 9223372036854775807 | data of a.weight from 0 on within 8 bytes",
                "-9223372036854775808, 9223372036854775807 | data of a.weight from 0 on within 8 bytes",
                "0, 9223372036854775807 | data of a.weight from 0 on within 8 bytes",
            })
    void offsetsThatDoNotFitAreRefused(String offsets, String expected) {
        var header = "{\"a.weight\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [" + offsets + "]}}";
        assertRefused(file(header, floats(1, 2)), "expected " + expected + ", found offsets [" + offsets + "]");
    }

    @Test
    void dataOfAnotherSizeThanTheShapesIsRefused() {
        var header = "{\"a.weight\": {\"dtype\": \"%s\", \"shape\": [2], \"data_offsets\": [0, %d]}}";
        assertRefused(
                file(header.formatted("F32", 4), new byte[4]), "expected 8 bytes of a.weight, found offsets [0, 4]");
        assertRefused(
                file(header.formatted("BF16", 8), new byte[8]), "expected 4 bytes of a.weight, found offsets [0, 8]");
    }

    /** As the format's own reader has it; of types too that no layer computes with. */
    @Test
    void dataThatOverlapsOrHasHolesIsRefused() {
        var header = """
                {"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]},
                 "b": {"dtype": "%s", "shape": [1], "data_offsets": [%d, %d]}}""";
        for (var type : List.of("F32", "I32", "F4_OF_THE_FUTURE")) {
            assertRefused(
                    file(header.formatted(type, 3, 7), new byte[7]),
                    "expected data of b from 4 on within 7 bytes, found offsets [3, 7]");
            assertRefused(
                    file(header.formatted(type, 5, 9), new byte[9]),
                    "expected data of b from 4 on within 9 bytes, found offsets [5, 9]");
            assertRefused(
                    file(header.formatted(type, 0, 4), new byte[4]),
                    "expected data of b from 4 on within 4 bytes, found offsets [0, 4]");
            assertRefused(
                    file(header.formatted(type, 4, 8), new byte[9]),
                    "expected 8 bytes of data behind the header, found 9");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"dtype\": \"F32\", \"shape\": [2] | dtype F32, shape [[2]], offsets []",
                "\"dtype\": \"F32\", \"data_offsets\": [0, 8] | dtype F32, shape [], offsets [[0, 8]]",
                "\"shape\": [2], \"data_offsets\": [0, 8] | dtype , shape [[2]], offsets [[0, 8]]",
                "\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [8] | dtype F32, shape [[2]], offsets [[8]]",
                "\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 4, 8] "
                        + "| dtype F32, shape [[2]], offsets [[0, 4, 8]]",
            })
    void anEntryThatLacksSomethingIsRefused(String entry, String found) {
        assertRefused(
                file("{\"a\": {" + entry + "}}", floats(1, 2)),
                "expected dtype, shape and two data_offsets of a, found " + found);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[] | expected a JSON object as header, found START_ARRAY",
                "17 | expected a JSON object as header, found VALUE_NUMBER_INT",
                "{} {} | expected the end of the header, found START_OBJECT",
                "{\"a\": 1} | expected a JSON object as entry of a, found VALUE_NUMBER_INT",
                "{\"a\": {\"dtype\": 7}} | expected one dtype of a, found VALUE_NUMBER_INT",
                "{\"a\": {\"dtype\": \"F32\", \"dtype\": \"F16\"}} | expected one dtype of a, found VALUE_STRING",
                "{\"a\": {\"shape\": [], \"shape\": []}} | expected one shape of a, found two",
                "{\"a\": {\"data_offsets\": [], \"data_offsets\": []}} | expected one data_offsets of a, found two",
                "{\"a\": {\"shape\": {}}} | expected an array as shape of a, found START_OBJECT",
                "{\"a\": {\"shape\": [1.5]}} "
                        + "| expected at most 64 whole numbers as shape of a, found VALUE_NUMBER_FLOAT",
                "{\"a\": {\"shape\": [[1]]}} | expected at most 64 whole numbers as shape of a, found START_ARRAY",
                "{\"a\": {\"shape\": [NaN]}} | expected a JSON header, found: Non-standard token 'NaN'",
                "{\"a\": {\"shape\": [9223372036854775808]}} "
                        + "| expected a JSON header, found: Numeric value (9223372036854775808) out of range of long",
                "{\"a\": {\"shape\": [1 | expected a JSON header, found: Unexpected end-of-input",
                "no json | expected a JSON header, found: Unrecognized token 'no'",
            })
    void aHeaderOfAnotherFormIsRefused(String header, String how) {
        assertRefused(file(header, new byte[0]), how);
    }

    @Test
    void aTensorThatIsThereTwiceIsRefused() {
        var entry = "\"a\": {\"dtype\": \"I64\", \"shape\": [0], \"data_offsets\": [0, 0]}";
        assertRefused(file("{" + entry + ", " + entry + "}", new byte[0]), "expected one tensor a, found two");
    }

    @Test
    void aShapeOfManyDimensionsIsRefused() {
        var header =
                "{\"a\": {\"dtype\": \"F32\", \"shape\": [1" + ", 1".repeat(5000) + "], \"data_offsets\": [0, 4]}}";
        assertRefused(
                file(header, new byte[4]), "expected at most 64 whole numbers as shape of a, found VALUE_NUMBER_INT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"4294967296, 4294967296", "-1", "2305843009213693952", "-4294967296, -4294967296"})
    void aShapeOfNumbersThatCannotBeCountedIsRefused(String shape) {
        var header = "{\"a\": {\"dtype\": \"F32\", \"shape\": [" + shape + "], \"data_offsets\": [0, 0]}}";
        assertRefused(
                file(header, new byte[0]), "expected a shape of a whose numbers can be counted, found [" + shape + "]");
    }

    @Test
    void jsonThatIsNestedDeeplyIsRefusedAndStringsThatNobodyReadsAreNotHeld() throws IOException {
        assertRefused(file("{\"a\": {\"x\": " + "[".repeat(100_000), new byte[0]), "expected a JSON header, found: ")
                .hasMessageContaining("epth (9) exceeds the maximum allowed"); // Jackson's own words, which differ
        assertRefused(file("{\"" + "a".repeat(1_000_000) + "\": {}}", new byte[0]), "expected a JSON header, found: ")
                .hasMessageMatching(".*String (value )?length \\(\\d+\\) exceeds the maximum.*");
        try (var weights =
                open(file("{\"__metadata__\": {\"story\": \"" + "a".repeat(1_000_000) + "\"}}", new byte[0]))) {
            assertThat(weights.names()).isEmpty();
        }
    }

    @Test
    void moreTensorsThanAnyModelHasAreRefused() {
        var header = new StringBuilder("{\"__metadata__\": {}");
        for (var i = 0; i < 200_000; i++) {
            header.append(", \"%d\": {\"dtype\": \"U8\", \"shape\": [0], \"data_offsets\": [0, 0]}".formatted(i));
        }
        assertRefused(
                file(header.append('}').toString(), new byte[0]),
                "expected names and shapes of at most 50331648 bytes, found more");
    }

    @Test
    void aHeaderThatIsNoUtf8IsRefused() {
        var bytes = file("{\"ab\": 1}", new byte[0]);
        bytes[Long.BYTES + 2] = (byte) 0xc3;
        assertRefused(bytes, "expected a file of weights, found: Input length = 1");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1, 7, 100_000_001, Long.MAX_VALUE})
    void aHeaderThatDoesNotFitTheFileIsRefused(long length) {
        assertRefused(
                file(length, "{   }", new byte[0]),
                "expected a safetensors header that fits the file, found one of %d bytes in 13".formatted(length));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7})
    void aFileWithoutRoomForTheHeadersLengthIsRefused(int size) {
        assertRefused(new byte[size], "expected a safetensors header, found the end of the file");
    }

    @Test
    void aFileThatWasCutOffAnywhereIsRefused() {
        var header = "{\"a\": {\"dtype\": \"F16\", \"shape\": [2], \"data_offsets\": [0, 4]}}";
        var whole = file(header, shorts(1, 2));
        for (var length = 0; length < whole.length; length++) {
            assertRefused(Arrays.copyOf(whole, length), "expected ");
        }
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(byte[] bytes, String how) {
        return assertThatThrownBy(() -> open(bytes))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("some weights: " + how);
    }

    private WeightsFile open(byte[] bytes) throws IOException {
        return WeightsFile.safetensors("some weights", Files.write(folder.resolve("model.safetensors"), bytes));
    }

    private static byte[] concat(byte[]... parts) {
        var whole = new Protobuf();
        for (var part : parts) {
            whole.raw(part);
        }
        return whole.toBytes();
    }
}
