package dev.packhorse.engine.weights;

import static dev.packhorse.engine.weights.OnnxBytes.dims;
import static dev.packhorse.engine.weights.OnnxBytes.external;
import static dev.packhorse.engine.weights.OnnxBytes.file;
import static dev.packhorse.engine.weights.OnnxBytes.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExternalDataTest {

    private static final Protobuf SOME_NODE = node("Mul", "x", "x", "squares");
    private static final int BFLOAT16 = 16;

    @TempDir
    Path folder;

    @Test
    void tensorsAreReadFromTheFilesThatTheyLieIn() throws IOException {
        var graph = new Protobuf()
                .message(1, node("MatMul", "x", "w", "product"))
                .message(1, node("Add", "product", "up.bias", "y"))
                .message(5, external(dims(2, 2).number(2, 1).text(8, "w"), "weights", "8", "16"))
                .message(5, external(dims(2).number(2, BFLOAT16).text(8, "up.bias"), "sub/more", "", "4"))
                .message(5, external(dims(2).number(2, 1).text(8, "rest"), "weights", "", ""));
        var data = Map.of(
                "weights", Files.write(folder.resolve("1"), SafetensorsBytes.floats(8, 9, 1, 2, 3, 4)),
                "sub/more", Files.write(folder.resolve("2"), SafetensorsBytes.shorts(0x3f80, 0xbf00)));
        try (var weights = open(graph, data)) {
            assertThat(weights.read("up.weight", 2, 2)).containsExactly(1, 3, 2, 4);
            assertThat(weights.read("up.bias", 2)).containsExactly(1, -0.5f);
            assertThat(weights.read("rest", 2)).containsExactly(8, 9);
        }
        assertThat(OnnxSignature.read("some graph", folder.resolve("model.onnx"))
                        .externalData())
                .containsExactlyInAnyOrder("weights", "sub/more");
    }

    @Test
    void aFileThatIsNotAmongThoseGivenIsNamed() throws IOException {
        var graph = new Protobuf()
                .message(1, SOME_NODE)
                .message(5, external(dims(2).number(2, 1).text(8, "w"), "weights", "", ""));
        assertRefused(graph, Map.of(), "some graph: expected the file weights with w among the data files, found []");
        var missing = folder.resolve("missing");
        assertRefused(
                graph,
                Map.of("weights", missing),
                "some graph, data in weights: expected a file of weights, found: " + missing);
    }

    /** A model must not make a job read /etc/shadow, nor what lies beside the model. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/etc/passwd",
                "//host/share",
                "..",
                "../weights",
                "sub/../../weights",
                "sub/..",
                "..\\weights",
                "C:\\weights",
                "sub\\weights",
                "C:weights",
                "file:weights",
                "http://host/weights",
                "weights\0.onnx",
            })
    void aLocationOutsideTheGraphsFolderIsRefused(String location) throws IOException {
        var graph = new Protobuf()
                .message(1, SOME_NODE)
                .message(5, external(dims(2).number(2, 7).text(8, "ids"), location, "", ""));
        var data = Map.of(location, Files.write(folder.resolve("data"), new byte[8]));
        var message =
                "some graph: expected external data in the folder of the graph, found location '" + location + "'";
        assertRefused(graph, data, message);
        assertThatThrownBy(() -> OnnxSignature.read("some graph", folder.resolve("model.onnx")))
                .isInstanceOf(ModelException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 8, 'offset 1, length 8'",
        "8, 8, 'offset 8, length 8'",
        "0, 4, 'offset 0, length 4'",
        "0, 9, 'offset 0, length 9'",
        "9223372036854775807, 8, 'offset 9223372036854775807, length 8'",
        "0, 9223372036854775807, 'offset 0, length 9223372036854775807'",
        "9223372036854775800, '', 'offset 9223372036854775800, length 8'",
    })
    void dataThatRunsPastItsFileIsRefused(String offset, String length, String found) throws IOException {
        var graph = new Protobuf()
                .message(1, SOME_NODE)
                .message(5, external(dims(2).number(2, 1).text(8, "w"), "weights", offset, length));
        assertRefused(
                graph,
                Map.of("weights", Files.write(folder.resolve("data"), new byte[8])),
                "some graph: expected 8 bytes of w within the 8 of weights, found " + found);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "x", "0x10", "9223372036854775808", "1.5", " 1"})
    void anOffsetThatIsNoNumberIsRefused(String offset) throws IOException {
        var graph = new Protobuf()
                .message(1, SOME_NODE)
                .message(5, external(dims(2).number(2, 1).text(8, "w"), "weights", offset, ""));
        assertRefused(
                graph, Map.of(), "some graph: expected a whole number as offset of external data, found " + offset);
    }

    @Test
    void aDataFileThatGrowsShorterIsNamed() throws IOException {
        var graph = new Protobuf()
                .message(1, SOME_NODE)
                .message(5, external(dims(2).number(2, 1).text(8, "w"), "weights", "", ""));
        var data = Files.write(folder.resolve("data"), new byte[8]);
        try (var weights = open(graph, Map.of("weights", data))) {
            Files.write(data, new byte[3]);
            assertThatThrownBy(() -> weights.read("w", 2))
                    .isInstanceOf(ModelException.class)
                    .hasMessage("some graph, data in weights: expected 5 more bytes of weights at 3,"
                            + " found the end of the file");
        }
    }

    private void assertRefused(Protobuf graph, Map<String, Path> data, String message) throws IOException {
        assertThatThrownBy(() -> open(graph, data))
                .isInstanceOf(ModelException.class)
                .hasMessage(message);
    }

    private WeightsFile open(Protobuf graph, Map<String, Path> data) throws IOException {
        return WeightsFile.onnx("some graph", Files.write(folder.resolve("model.onnx"), file(graph)), data);
    }
}
