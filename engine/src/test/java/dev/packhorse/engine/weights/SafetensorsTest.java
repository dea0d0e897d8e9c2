package dev.packhorse.engine.weights;

import static dev.packhorse.engine.weights.SafetensorsBytes.file;
import static dev.packhorse.engine.weights.SafetensorsBytes.floats;
import static dev.packhorse.engine.weights.SafetensorsBytes.shorts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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

    /** All of them would read what is no data of this tensor. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "4, 12", // beyond the end
                "0, 4", // too short
                "0, 12", // too long
                "8, 0", // the wrong way round
                "-8, 0", // within the header
                "-1000, -992", // before the file
                "9223372036854775799, 9223372036854775807", // so far that the sum is negative
            })
    void offsetsThatDoNotFitAreRefused(String offsets) {
        var header = "{\"a.weight\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [" + offsets + "]}}";
        assertRefused(
                file(header, floats(1, 2)),
                "expected 8 bytes of a.weight within the file, found offsets [" + offsets.replace(" ", "") + "]");
    }

    @Test
    void aTensorWithoutOffsetsIsRefused() {
        assertRefused(
                file("{\"a\": {\"dtype\": \"F32\", \"shape\": [2]}}", floats(1, 2)),
                "expected 8 bytes of a within the file, found offsets ");
    }

    @Test
    void aShapeOfMoreNumbersThanCanBeCountedIsRefused() {
        var header = "{\"a\": {\"dtype\": \"F32\", \"shape\": [4294967296, 4294967296], \"data_offsets\": [0, 0]}}";
        assertRefused(file(header, new byte[0]), "expected a file of weights, found: long overflow");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1, 7, 100_000_001, Long.MAX_VALUE})
    void aHeaderThatDoesNotFitTheFileIsRefused(long length) {
        assertRefused(
                file(length, "{   }", new byte[0]),
                "expected a safetensors header that fits the file, found one of %d bytes in 13".formatted(length));
    }

    @Test
    void aHeaderThatIsNoJsonIsRefused() {
        assertRefused(file("no json", new byte[0]), "expected a file of weights, found: Unrecognized token 'no'");
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

    private void assertRefused(byte[] bytes, String how) {
        assertThatThrownBy(() -> open(bytes))
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
