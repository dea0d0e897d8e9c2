package dev.packhorse.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Closeness;
import dev.packhorse.engine.EncodedRows;
import dev.packhorse.engine.FamilyFixtures;
import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.ResidentMemory;
import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Head;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFile;
import dev.packhorse.engine.model.ModelFolder;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.nested.NativeMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxEncoderTest {

    private static final int DIMENSION = 32;

    @TempDir
    Path folder;

    private final RandomGenerator random = Seeds.random();
    private NativeMemory memory;
    private Model model;
    private OnnxEncoder encoder;

    @BeforeEach
    void open() {
        memory = NativeMemory.open(Long.MAX_VALUE);
        model = ModelFolder.read(Fixtures.tinyBert());
        encoder = OnnxEncoder.open(model, 1, "a test");
    }

    @AfterEach
    void close() {
        encoder.close();
        memory.close();
    }

    @Test
    void moreThreadsInACallGiveTheSameVectors() {
        var rows = rows(20);
        try (var two = OnnxEncoder.open(model, 2, "a test")) {
            assertThat(Closeness.worst(
                                    EncodedRows.together(memory, encoder, rows),
                                    EncodedRows.together(memory, two, rows))
                            .difference())
                    .isLessThan(1e-6);
        }
    }

    @Test
    void vectorsHaveLengthOneOnlyWhereTheModelNormalises() {
        var plain = model.withHead(Head.of(Pooling.MEAN, false));
        try (var unscaled = OnnxEncoder.open(plain, 1, "a test")) {
            var rows = rows(8);
            for (var vector : EncodedRows.together(memory, encoder, rows)) {
                assertThat(length(vector)).isBetween(1 - 1e-6, 1 + 1e-6);
            }
            for (var vector : EncodedRows.together(memory, unscaled, rows)) {
                assertThat(length(vector)).isGreaterThan(1.1);
            }
        }
    }

    private static double length(float[] vector) {
        return Math.sqrt(IntStream.range(0, vector.length)
                .mapToDouble(d -> (double) vector[d] * vector[d])
                .sum());
    }

    @Test
    void itSaysWhatItIs() {
        var info = encoder.info();
        assertThat(info.dimension()).isEqualTo(DIMENSION);
        assertThat(info.padded()).isTrue();
        assertThat(info.device()).isEqualTo(new Device.Cpu());
        assertThat(info.precision()).isEqualTo(Precision.FLOAT32);
        assertThat(info).hasToString("onnxruntime-padded on cpu, float32, ONNX Runtime's own (a test)");
    }

    @Test
    void aBatchThatFailsLeavesTheEncoderUsable() {
        var rows = rows(3);
        var before = EncodedRows.together(memory, encoder, rows);
        var longerThanThePositions = List.of(new int[129]);
        assertThatThrownBy(() -> EncodedRows.together(memory, encoder, longerThanThePositions))
                .isInstanceOf(EncoderException.class)
                .hasMessageStartingWith("ONNX Runtime failed: ");
        var outsideTheVocabulary = List.of(new int[] {2, 550, 3});
        assertThatThrownBy(() -> EncodedRows.together(memory, encoder, outsideTheVocabulary))
                .isInstanceOf(EncoderException.class)
                .hasMessageStartingWith("ONNX Runtime failed: ");
        assertThat(Closeness.worst(before, EncodedRows.together(memory, encoder, rows))
                        .difference())
                .isLessThan(1e-6);
    }

    @Test
    void theOpenEncoderNeedsItsFileNoMore() throws IOException {
        var copy = Fixtures.copyTinyBert(folder);
        try (var opened = OnnxEncoder.open(ModelFolder.read(copy), 1, "a test")) {
            Files.delete(copy.resolve("onnx/model.onnx"));
            var rows = rows(3);
            assertThat(Closeness.worst(
                                    EncodedRows.together(memory, encoder, rows),
                                    EncodedRows.together(memory, opened, rows))
                            .difference())
                    .isLessThan(1e-6);
        }
    }

    /** tiny-bert with these bytes for a graph, which the model's reader would have refused. */
    private Model withGraph(byte[] graph) throws IOException {
        return changed(List.of(FamilyFixtures.file(Files.write(folder.resolve("broken.onnx"), graph))), DIMENSION);
    }

    private Model changed(List<ModelFile> onnx, int hiddenSize) {
        return new Model(
                model.name(),
                onnx,
                model.onnxOutput(),
                model.safetensors(),
                model.torchscript(),
                model.tokenizer(),
                model.configuration(),
                model.architecture(),
                hiddenSize,
                model.maxSeqLength(),
                model.texts(),
                model.head(),
                model.revision());
    }

    @Test
    void aModelWithoutAGraphIsNamed() {
        var without = changed(List.of(), DIMENSION);
        assertThatThrownBy(() -> OnnxEncoder.open(without, 1, "a test"))
                .isInstanceOf(ModelException.class)
                .hasMessage("tiny-bert: expected a model with an ONNX file, found none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "this is no graph"})
    void aFileThatIsNoGraphIsNamed(String content) throws IOException {
        var broken = withGraph(content.getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> OnnxEncoder.open(broken, 1, "a test"))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(
                        folder.resolve("broken.onnx") + ": expected an ONNX model that ONNX Runtime loads, found: ");
    }

    @Test
    void aFileThatWasCutOffIsNamed() throws IOException {
        var whole = Files.readAllBytes(Fixtures.tinyBert().resolve("onnx/model.onnx"));
        var broken = withGraph(Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> OnnxEncoder.open(broken, 1, "a test"))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(
                        folder.resolve("broken.onnx") + ": expected an ONNX model that ONNX Runtime loads, found: ");
    }

    @Test
    void aFileThatChangedSinceItWasReadIsRefused() throws IOException {
        var copy = Fixtures.copyTinyBert(folder);
        var read = ModelFolder.read(copy);
        Files.writeString(copy.resolve("onnx/model.onnx"), "another file");
        assertThatThrownBy(() -> OnnxEncoder.open(read, 1, "a test"))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(copy.resolve("onnx/model.onnx") + ": expected SHA-256 "
                        + model.onnx().get(0).sha256() + ", found ")
                .hasMessageEndingWith("; the file changed since the job started, or was not copied whole");
    }

    @Test
    void vectorsOfAnotherDimensionThanConfiguredAreRefused() {
        var wrong = changed(model.onnx(), 48);
        assertThatThrownBy(() -> OnnxEncoder.open(wrong, 1, "a test"))
                .isInstanceOf(ModelException.class)
                .hasMessage(model.onnx().get(0).location()
                        + ": expected vectors of dimension 48 as configured, found 32 in the output last_hidden_state");
    }

    @Test
    void openingAndClosingTwoHundredTimesKeepsNothing() throws IOException {
        ResidentMemory.assertNoLeak("sessions opened and closed", this::openAndClose);
    }

    private void openAndClose(int times) {
        var rows = rows(4);
        for (var i = 0; i < times; i++) {
            try (var opened = OnnxEncoder.open(model, 1, "a test")) {
                EncodedRows.together(memory, opened, rows);
            }
        }
    }

    /** Rows of unequal lengths and distinct tokens. */
    private List<int[]> rows(int count) {
        return IntStream.range(0, count).mapToObj(b -> Seeds.tokens(random, 64)).toList();
    }
}
