package dev.packhorse.engine.weights;

import static dev.packhorse.engine.weights.OnnxBytes.dims;
import static dev.packhorse.engine.weights.OnnxBytes.external;
import static dev.packhorse.engine.weights.OnnxBytes.file;
import static dev.packhorse.engine.weights.OnnxBytes.initializer;
import static dev.packhorse.engine.weights.OnnxBytes.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.weights.OnnxSignature.ElementType;
import dev.packhorse.engine.weights.OnnxSignature.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnnxSignatureTest {

    @TempDir
    Path folder;

    @Test
    void theFixtureTakesTokensAndGivesVectors() {
        var signature = OnnxSignature.read("tiny-bert", Fixtures.tinyBert().resolve("onnx/model.onnx"));
        var free = Optional.of(List.of(-1L, -1L));
        assertThat(signature.inputs())
                .containsExactlyInAnyOrder(
                        new Value("input_ids", ElementType.INT64, free),
                        new Value("attention_mask", ElementType.INT64, free),
                        new Value("token_type_ids", ElementType.INT64, free));
        assertThat(signature.outputs())
                .containsExactly(
                        new Value("last_hidden_state", ElementType.FLOAT, Optional.of(List.of(-1L, -1L, 32L))));
        assertThat(signature.externalData()).isEmpty();
    }

    @Test
    void initializersThatAreListedAsInputsAreNone() throws IOException {
        var graph = new Protobuf()
                .message(11, value("w", 1, 2L))
                .message(11, value("x", 1, 2L))
                .message(5, initializer("w", new int[] {2}, 1, 2));
        assertThat(read(graph).inputs()).containsExactly(new Value("x", ElementType.FLOAT, Optional.of(List.of(2L))));
    }

    @Test
    void sizesThatDifferAreMinusOne() throws IOException {
        var graph =
                new Protobuf().message(12, value("y", 1, 3L, "batch", -7L, 0L)).message(12, value("scalar", 1));
        assertThat(read(graph).outputs())
                .containsExactly(
                        new Value("y", ElementType.FLOAT, Optional.of(List.of(3L, -1L, -1L, 0L))),
                        new Value("scalar", ElementType.FLOAT, Optional.of(List.of())));
    }

    @Test
    void whatAGraphDoesNotSayIsAbsent() throws IOException {
        var tensor = new Protobuf().message(1, new Protobuf().number(1, 7));
        var graph = new Protobuf()
                .message(11, new Protobuf().text(1, "a"))
                .message(11, new Protobuf().message(2, tensor).text(1, "b"))
                .message(11, new Protobuf().text(1, "c").message(2, new Protobuf().message(4, new Protobuf())));
        assertThat(read(graph).inputs())
                .containsExactly(
                        new Value("a", ElementType.OTHER, Optional.empty()),
                        new Value("b", ElementType.INT64, Optional.empty()),
                        new Value("c", ElementType.OTHER, Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "1, FLOAT",
        "6, INT32",
        "7, INT64",
        "9, BOOL",
        "10, FLOAT16",
        "11, DOUBLE",
        "16, BFLOAT16",
        "0, OTHER",
        "8, OTHER",
        "-1, OTHER",
    })
    void elementTypesAreThoseOfOnnx(long number, ElementType type) throws IOException {
        assertThat(read(new Protobuf().message(11, value("x", number)))
                        .inputs()
                        .get(0)
                        .type())
                .isEqualTo(type);
    }

    /** In constants, in branches of branches, in sparse tensors, and in functions of the file's own. */
    @Test
    void dataInOtherFilesIsFoundWhereverItsTensorIs() throws IOException {
        var graph = new Protobuf()
                .message(1, attribute(5, tensorIn("constant")))
                .message(1, attribute(10, tensorIn("many")))
                .message(1, attribute(6, new Protobuf().message(5, tensorIn("branch"))))
                .message(1, attribute(11, new Protobuf().message(1, attribute(5, tensorIn("deep")))))
                .message(1, attribute(22, new Protobuf().message(1, tensorIn("sparse constant"))))
                .message(1, attribute(6, new Protobuf().message(15, new Protobuf().message(2, tensorIn("indices")))))
                .message(5, tensorIn("weights"))
                .message(5, tensorIn("weights"))
                .message(15, new Protobuf().message(1, tensorIn("sparse")));
        var function = new Protobuf().message(7, attribute(5, tensorIn("function")));
        var model = new Protobuf().message(7, graph).message(25, function);
        assertThat(read(model.toBytes()).externalData())
                .containsExactlyInAnyOrder(
                        "constant",
                        "many",
                        "branch",
                        "deep",
                        "sparse constant",
                        "indices",
                        "weights",
                        "sparse",
                        "function");
    }

    @Test
    void graphsWithinGraphsWithoutEndAreRefused() {
        var graph = new Protobuf();
        for (var depth = 0; depth < 17; depth++) {
            graph = new Protobuf().message(1, attribute(6, graph));
        }
        assertRefused(file(graph), "expected graphs at most 16 deep, found deeper ones");
    }

    @Test
    void aShapeOfManyDimensionsIsRefused() {
        var sizes = new Object[65];
        Arrays.fill(sizes, 1L);
        assertRefused(
                file(new Protobuf().message(11, value("x", 1, sizes))),
                "expected at most 64 dimensions of x, found more");
    }

    @Test
    void aFileWithoutAGraphIsRefused() throws IOException {
        assertRefused(new byte[0], "expected an ONNX graph, found none");
        assertRefused(new byte[] {7}, "expected a protobuf field at byte 0, found wire type 7");
        var missing = folder.resolve("missing");
        assertThatThrownBy(() -> OnnxSignature.read("some graph", missing))
                .isInstanceOf(ModelException.class)
                .hasMessage("some graph: expected a file of weights, found: " + missing);
    }

    private static Protobuf attribute(int field, Protobuf value) {
        return new Protobuf().message(5, new Protobuf().text(1, "value").message(field, value));
    }

    private static Protobuf tensorIn(String location) {
        return external(dims(1).number(2, 7).text(8, "t"), location, "", "");
    }

    private void assertRefused(byte[] bytes, String how) {
        assertThatThrownBy(() -> read(bytes)).isInstanceOf(ModelException.class).hasMessage("some graph: " + how);
    }

    private OnnxSignature read(Protobuf graph) throws IOException {
        return read(file(graph));
    }

    private OnnxSignature read(byte[] bytes) throws IOException {
        return OnnxSignature.read("some graph", Files.write(folder.resolve("model.onnx"), bytes));
    }
}
