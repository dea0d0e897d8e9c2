package dev.packhorse.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.packhorse.engine.FamilyFixtures;
import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.OddGraphs;
import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.families.Architecture;
import dev.packhorse.engine.families.Architecture.Known;
import dev.packhorse.engine.model.Head;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFolder;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.model.Step;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.pooling.Pooler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Graphs of every kind that we take or refuse. Most tell by their vectors what they were fed. */
class OddGraphsTest {

    private static final int WIDTH = 32;
    private static final Pooler LAST = new Pooler(Pooling.LAST_TOKEN, false);
    private static final Pooler NOTHING = Pooler.open(new Head(List.of(), true, List.of()), 0);
    private static final List<int[]> ROWS = List.of(new int[] {7, 8, 9}, new int[] {5});

    @TempDir
    Path folder;

    @Test
    void aGraphMayTakeTokenIdsAlone() {
        // each vector is the mean token id times -1 .. 1
        var vectors = encode("only-input-ids", "", new Pooler(Pooling.MEAN, false), ROWS);
        assertThat(vectors[0][0]).isEqualTo(-8);
        assertThat(vectors[0][WIDTH - 1]).isEqualTo(8);
        assertThat(vectors[1][0]).isEqualTo(-5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"position-ids", "int32-inputs"})
    void anyOrderAndWidthOfInputsWillDo(String graph) {
        var rows = rows();
        var vectors = encode(graph, "", LAST, rows);
        for (var b = 0; b < rows.size(); b++) {
            var row = rows.get(b);
            assertTold(vectors[b], row[row.length - 1], 1, 0, row.length - 1);
        }
    }

    @Test
    void positionsOfRobertaStartBehindItsPaddingToken() {
        var vectors = encode(model("position-ids", padding(1)), "", LAST, ROWS);
        assertTold(vectors[0], 9, 1, 0, 4);
        assertTold(vectors[1], 5, 1, 0, 2);
    }

    @Test
    void paddingIsTheModelsPaddingToken() {
        // these are sums over all cells, padding too
        var bert = encode("pooled", "", NOTHING, ROWS);
        assertTold(bert[0], 24, 3, 0, 3);
        assertTold(bert[1], 5, 1, 0, 3);
        var roberta = encode(model("pooled", padding(1)), "", NOTHING, ROWS);
        assertTold(roberta[0], 24, 3, 0, 9);
        assertTold(roberta[1], 5 + 1 + 1, 1, 0, 2 + 1 + 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "float16-output",
                "bfloat16-output",
                "float64-output",
                "unknown-width",
                "unknown-rank",
                "pooler-output-first",
                "named-outputs"
            })
    void tokenVectorsOfAnyFloatsAreFound(String graph) {
        var vectors = encode(graph, "", LAST, ROWS);
        assertTold(vectors[0], 9, 1, 0, 0);
        assertTold(vectors[1], 5, 1, 0, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pooled-float16", "pooled-twice"})
    void pooledVectorsAreFoundWhereThereAreNoOthers(String graph) {
        var vectors = encode(graph, "", NOTHING, ROWS);
        assertTold(vectors[0], 24, 3, 0, 0);
        assertTold(vectors[1], 5, 1, 0, 0);
    }

    @Test
    void theStepsAreDoneToPooledVectors() {
        var pooler = Pooler.open(new Head(List.of(), true, List.of(new Step.Truncate(1), new Step.Normalize())), 0);
        assertThat(encode("pooled-float16", "", pooler, ROWS)).isDeepEqualTo(new float[][] {{1}, {1}});
        var normalized = encode("pooled-normalized", "", NOTHING, List.of(new int[] {1, 2, 1}));
        assertThat(normalized[0]).startsWith(new float[] {0.8f, 0.6f}, within(1e-6f));
    }

    @ParameterizedTest
    @CsvSource({
        "two-token-outputs, first_layer, 18",
        "two-token-outputs, last_layer, 9",
        "named-outputs, hidden_states, 27",
        "pooler-output-first, vectors, 9"
    })
    void theOutputThatIsAskedForIsRead(String graph, String output, float told) {
        assertThat(encode(graph, output, LAST, ROWS)[0][0]).isEqualTo(told);
    }

    @ParameterizedTest
    @CsvSource({
        "two-pooled-outputs, mean_vector, 48",
        "named-outputs, pooler_output, 48",
        "named-outputs, sentence_embedding, 96"
    })
    void thePooledOutputThatIsAskedForIsRead(String graph, String output, float told) {
        assertThat(encode(graph, output, NOTHING, ROWS)[0][0]).isEqualTo(told);
    }

    @Test
    void weightsMayLieInAnotherFileBesideTheGraph() throws IOException {
        var model = withExternalData();
        assertThat(model.onnx()).hasSize(2);
        try (var encoder = OnnxEncoder.open(model, LAST, 1, "a test")) {
            assertTold(encode(encoder, ROWS)[0], 9, 1, 0, 0);
        }
    }

    @Test
    void weightsThatChangedInAnotherFileAreRefused() throws IOException {
        var model = withExternalData();
        var weights = folder.resolve("tiny-bert/onnx/data/weights.bin");
        Files.write(weights, new byte[256]);
        assertThatThrownBy(() -> OnnxEncoder.open(model, LAST, 1, "a test"))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(weights + ": expected SHA-256 ");
    }

    private Model withExternalData() throws IOException {
        var copy = Fixtures.copyTinyBert(folder);
        var graph = FamilyFixtures.folder("../odd-graphs/external-data/model.onnx");
        Files.copy(graph, copy.resolve("onnx/model.onnx"), StandardCopyOption.REPLACE_EXISTING);
        Files.createDirectory(copy.resolve("onnx/data"));
        Files.copy(graph.resolveSibling("data/weights.bin"), copy.resolve("onnx/data/weights.bin"));
        return ModelFolder.read(copy);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "two-token-outputs | first_layer FLOAT [-1, -1, 32], last_layer FLOAT [-1, -1, 32]",
                "two-pooled-outputs | mean_vector FLOAT [-1, 32], greatest_vector FLOAT [-1, 32]",
                "integers | last_hidden_state INT64 [-1, -1, 32]"
            })
    void outputsAmongWhichNobodyChoseAreListed(String graph, String outputs) {
        assertRefused(
                graph,
                "",
                LAST,
                "expected one output of vectors [batch, sequence, 32] or [batch, 32], found the outputs " + outputs
                        + "; choose one with --onnx-output NAME");
    }

    @Test
    void anOutputThatIsNotThereIsNamed() {
        assertRefused(
                "pooler-output-first",
                "last",
                LAST,
                "expected an output last of vectors [batch, sequence, 32] or [batch, 32], found the outputs"
                        + " pooler_output FLOAT [-1, 32], vectors FLOAT [-1, -1, 32];"
                        + " choose one with --onnx-output NAME");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "unknown-input | expected no inputs but [input_ids, attention_mask, token_type_ids, position_ids],"
                        + " found visual_tokens",
                "no-input-ids | expected an input input_ids, found [attention_mask]",
                "one-vector-per-row | expected token vectors to pool (lasttoken), found the output last_hidden_state,"
                        + " which the graph pooled already; say --onnx-output last_hidden_state to take its vectors as"
                        + " they are",
                "fixed-batch | expected the input input_ids to take any batch size and sequence length, found the shape"
                        + " [1, -1], fixed when it was exported; export it again with dynamic axes",
                "fixed-output | expected the output vectors to take any batch size and sequence length, found the shape"
                        + " [1, -1, 32], fixed when it was exported; export it again with dynamic axes",
                "fixed-sequence | expected the input input_ids to take any batch size and sequence length, found the"
                        + " shape [-1, 16], fixed when it was exported; export it again with dynamic axes"
            })
    void whatCannotBeFedOrReadIsNamed(String graph, String message) {
        assertRefused(graph, "", LAST, message);
    }

    @Test
    void inputsThatAreNoIntegersAreNamed() {
        var model = tinyBertWith("float-inputs");
        assertThatThrownBy(() -> OnnxEncoder.open(model, LAST, 1, "a test"))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(model.onnx().get(0).location()
                        + ": expected the input input_ids to be int64 or int32, found TensorInfo(")
                .hasMessageContaining("FLOAT");
    }

    @Test
    void tokenVectorsThatNobodyPoolsAreRefused() {
        assertRefused(
                "position-ids",
                "",
                NOTHING,
                "expected vectors that the graph pooled, found the token vectors last_hidden_state;"
                        + " choose another output with --onnx-output, or say how to pool with --pooling");
    }

    @Test
    void anAnswerOfAnotherShapeIsNotRead() {
        assertThatThrownBy(() -> encode("other-length", "", LAST, ROWS))
                .isInstanceOf(EncoderException.class)
                .hasMessage("expected an answer of shape [2, 3, 32] from the graph, found [2, 6, 32]");
    }

    private void assertRefused(String graph, String output, Pooler pooler, String message) {
        var model = tinyBertWith(graph);
        assertThatThrownBy(() -> encode(model, output, pooler, ROWS))
                .isInstanceOf(ModelException.class)
                .hasMessage(model.onnx().get(0).location() + ": " + message);
    }

    private static void assertTold(float[] vector, float token, float mask, float type, float position) {
        var expected = new float[WIDTH];
        expected[0] = token;
        expected[1] = mask;
        expected[2] = type;
        expected[3] = position;
        assertThat(vector).containsExactly(expected);
    }

    private static List<int[]> rows() {
        var random = Seeds.random();
        return IntStream.range(0, 9).mapToObj(b -> Seeds.tokens(random, 30)).toList();
    }

    private float[][] encode(String graph, String output, Pooler pooler, List<int[]> rows) {
        return encode(tinyBertWith(graph), output, pooler, rows);
    }

    private static float[][] encode(Model model, String output, Pooler pooler, List<int[]> rows) {
        try (var encoder = OnnxEncoder.open(changed(model, output, model.architecture()), pooler, 1, "a test")) {
            return encode(encoder, rows);
        }
    }

    private static float[][] encode(OnnxEncoder encoder, List<int[]> rows) {
        var dimension = encoder.info().dimension();
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var batch = NestedBatch.pack(memory, rows)) {
            var flat = encoder.encode(batch);
            return IntStream.range(0, rows.size())
                    .mapToObj(b -> Arrays.copyOfRange(flat, b * dimension, (b + 1) * dimension))
                    .toArray(float[][]::new);
        }
    }

    private Model tinyBertWith(String graph) {
        try {
            return OddGraphs.tinyBertWith(graph, Files.createTempDirectory(folder, graph));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Architecture padding(int token) {
        var bert = (Known) FamilyFixtures.architecture("bert");
        return new Known("roberta", bert.shape().withPadding(token));
    }

    private Model model(String graph, Architecture architecture) {
        return changed(tinyBertWith(graph), "", architecture);
    }

    private static Model changed(Model model, String output, Architecture architecture) {
        return new Model(
                model.name(),
                model.onnx(),
                output,
                model.safetensors(),
                model.torchscript(),
                model.tokenizer(),
                model.configuration(),
                architecture,
                model.hiddenSize(),
                model.maxSeqLength(),
                model.texts(),
                model.head(),
                model.revision());
    }
}
