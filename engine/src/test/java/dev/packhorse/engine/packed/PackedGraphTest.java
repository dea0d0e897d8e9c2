package dev.packhorse.engine.packed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Closeness;
import dev.packhorse.engine.EncodedRows;
import dev.packhorse.engine.FamilyFixture;
import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.families.Architecture.Known;
import dev.packhorse.engine.families.Families;
import dev.packhorse.engine.model.Head;
import dev.packhorse.engine.model.ModelFiles;
import dev.packhorse.engine.model.ModelOptions;
import dev.packhorse.engine.model.Models;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.reference.PlainEncoder;
import dev.packhorse.engine.transformer.OddShapes;
import dev.packhorse.engine.transformer.RandomWeights;
import dev.packhorse.engine.transformer.TransformerShape;
import dev.packhorse.engine.transformer.TransformerWeights;
import dev.packhorse.engine.weights.WeightsFile;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The packed graph, with ONNX's own operators on the CPU, gives the reference's vectors. */
class PackedGraphTest {

    private static final TransformerShape BERT = TransformerShape.bert(16, 2, 2, 24, 100, 200, 1e-12f);

    private final RandomGenerator random = Seeds.random();
    private final NativeMemory memory = NativeMemory.open(Long.MAX_VALUE);

    @AfterEach
    void nothingNativeIsLeft() {
        memory.close();
    }

    static Stream<FamilyFixture> families() {
        return FamilyFixture.all();
    }

    @ParameterizedTest
    @MethodSource("families")
    void everyFamilyHasSentenceTransformersVectors(FamilyFixture fixture) {
        assertThat(worstCosine(fixture, Precision.FLOAT32)).isGreaterThanOrEqualTo(0.999999);
    }

    @ParameterizedTest
    @MethodSource("families")
    void everyFamilyHasThemInFloat16(FamilyFixture fixture) {
        // random weights forgive less than trained ones: PyTorch's own float16 gives 0.998 here, see the docs
        assertThat(worstCosine(fixture, Precision.FLOAT16)).isGreaterThanOrEqualTo(0.999);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny-bert", "all-minilm-l6-v2", "bge-small-en-v1.5"})
    void realModelsHaveTheirVectorsInFloat16(String name) {
        var reference = Fixtures.reference(name);
        var model = Models.find(name.equals("tiny-bert") ? Fixtures.tinyBert().toString() : name);
        try (var copies = ModelFiles.copy(model.safetensors().isEmpty() ? model.onnx() : model.safetensors());
                var weights = Families.weights(
                        (Known) model.architecture(),
                        model.safetensors().isEmpty()
                                ? WeightsFile.onnx(
                                        name, copies.path(model.onnx().get(0)))
                                : WeightsFile.safetensors(
                                        name, copies.path(model.safetensors().get(0))));
                var encoder = SessionEncoder.onCpu(memory, weights, Pooler.open(model.head(), 0), Precision.FLOAT16)) {
            var worst = Closeness.worst(reference.vectors(), inLaunches(encoder, reference.tokenIds()));
            System.out.printf(
                    "%s, float16: worst cosine %.9f, worst difference %.2e%n",
                    name, worst.cosine(), worst.difference());
            assertThat(worst.cosine()).isGreaterThanOrEqualTo(0.9999);
        }
    }

    private double worstCosine(FamilyFixture fixture, Precision precision) {
        var pooler = new Pooler(ModelOptions.poolings(fixture.pooling()).get(0), true);
        try (var weights = FlavoursTest.weights(fixture);
                var encoder = SessionEncoder.onCpu(memory, weights, pooler, precision)) {
            var found = inLaunches(encoder, fixture.tokenIds());
            var worst = Closeness.worst(fixture.referenceVectors(), found);
            System.out.printf(
                    "%s, %s: worst cosine %.9f, worst difference %.2e%n",
                    fixture, precision.id(), worst.cosine(), worst.difference());
            return worst.cosine();
        }
    }

    /** [N][D]; few rows at a time, for the CPU's operators pad them, some of a thousand tokens. */
    private float[][] inLaunches(SessionEncoder encoder, List<int[]> rows) {
        var vectors = new float[rows.size()][];
        for (var from = 0; from < rows.size(); from += 4) {
            var some = rows.subList(from, Math.min(rows.size(), from + 4));
            System.arraycopy(EncodedRows.together(memory, encoder, some), 0, vectors, from, some.size());
        }
        return vectors;
    }

    static List<TransformerShape> shapes() {
        return OddShapes.of(BERT);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void everyShapeHasTheReferencesVectors(TransformerShape shape) {
        var head = new Head(List.of(Pooling.values()), true, List.of());
        assertReference(new RandomWeights(shape, random.nextInt(1_000)), Pooler.open(head, 0));
    }

    static Stream<List<Pooling>> poolings() {
        return Stream.concat(
                Stream.of(Pooling.values()).map(List::of), Stream.of(List.of(Pooling.MAX, Pooling.CLS, Pooling.MEAN)));
    }

    @ParameterizedTest
    @MethodSource("poolings")
    void everyPoolingIsDoneInTheGraphAndLeavesThePromptOut(List<Pooling> poolings) {
        for (var skipped : new int[] {0, 1, 5}) {
            var pooler = Pooler.open(new Head(poolings, false, List.of()), skipped);
            assertReference(new RandomWeights(BERT, random.nextInt(1_000)), pooler);
        }
    }

    /** Weights of places in long rows are smaller than float16's least number. */
    @Test
    void weightsOfPlacesAreNotLostInFloat16() {
        var weights = new RandomWeights(TransformerShape.bert(16, 1, 2, 24, 100, 9_000, 1e-12f), 7);
        var pooler = new Pooler(Pooling.WEIGHTED_MEAN, false);
        var rows = rows(8_000, 3);
        try (var single = SessionEncoder.onCpu(memory, weights, pooler, Precision.FLOAT32);
                var half = SessionEncoder.onCpu(memory, weights, pooler, Precision.FLOAT16)) {
            var worst = Closeness.worst(
                    EncodedRows.together(memory, single, rows), EncodedRows.together(memory, half, rows));
            assertThat(worst.cosine()).isGreaterThanOrEqualTo(0.999);
            assertThat(worst.difference()).isLessThanOrEqualTo(0.02);
        }
    }

    private void assertReference(TransformerWeights weights, Pooler pooler) {
        var rows = rows(6, 199, 30, 200, 7, 64);
        try (var plain = new PlainEncoder(weights, pooler);
                var encoder = SessionEncoder.onCpu(memory, weights, pooler, Precision.FLOAT32)) {
            var expected = EncodedRows.together(memory, plain, rows);
            var worst = Closeness.worst(expected, EncodedRows.together(memory, encoder, rows));
            assertThat(worst.cosine()).isGreaterThanOrEqualTo(0.999999);
            assertThat(worst.difference()).isLessThanOrEqualTo(1e-4);
        }
    }

    private List<int[]> rows(int... lengths) {
        return IntStream.of(lengths)
                .mapToObj(length -> random.ints(length, 0, 100).toArray())
                .toList();
    }
}
