package dev.packhorse.engine.families;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Closeness;
import dev.packhorse.engine.EncodedRows;
import dev.packhorse.engine.FamilyFixture;
import dev.packhorse.engine.NestedMachine;
import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.families.Architecture.Known;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.onednn.NestedEncoder;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.reference.PlainEncoder;
import dev.packhorse.engine.transformer.TransformerWeights;
import dev.packhorse.engine.weights.OnnxSignature;
import dev.packhorse.engine.weights.WeightsFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each family's vectors are those of sentence-transformers, by the reference encoder and by the fast one. */
class FamiliesTest {

    private static final int CAPACITY = 2048;

    static List<FamilyFixture> fixtures() {
        return FamilyFixture.all().toList();
    }

    private static TransformerWeights weights(FamilyFixture fixture) {
        var architecture = Families.describe(fixture.config(), fixture.configJson());
        assertThat(architecture).isInstanceOf(Known.class);
        return Families.weights(
                (Known) architecture, WeightsFile.safetensors(fixture.weights(), fixture.weightsFile()));
    }

    private static Pooler pooler(FamilyFixture fixture) {
        return new Pooler(
                Arrays.stream(Pooling.values())
                        .filter(pooling -> pooling.id().equals(fixture.pooling()))
                        .findFirst()
                        .orElseThrow(),
                true);
    }

    private static NestedEncoder nested(NativeMemory memory, FamilyFixture fixture, Precision precision) {
        try (var weights = weights(fixture)) {
            return new NestedEncoder(memory, weights, pooler(fixture), precision, CAPACITY, fixture.tokenIds(), 1);
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void theReferenceEncoderGivesSentenceTransformersVectors(FamilyFixture fixture) {
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var weights = weights(fixture);
                var encoder = new PlainEncoder(weights, pooler(fixture))) {
            assertClose(0.999999, EncodedRows.alone(memory, encoder, fixture.tokenIds()), fixture.referenceVectors());
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void theNestedEncoderGivesSentenceTransformersVectors(FamilyFixture fixture) {
        NestedMachine.assume();
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var encoder = nested(memory, fixture, Precision.FLOAT32)) {
            assertClose(0.99999, EncodedRows.alone(memory, encoder, fixture.tokenIds()), fixture.referenceVectors());
        }
    }

    static List<Arguments> graphs() {
        return FamilyFixture.families()
                .flatMap(fixture -> fixture.graphs().stream().map(graph -> Arguments.of(fixture, graph)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void theWeightsOfAnExportedGraphGiveTheSameVectors(FamilyFixture fixture, String graph) {
        NestedMachine.assume();
        var path = fixture.folder().resolve(graph);
        var data = OnnxSignature.read(graph, path).externalData().stream()
                .collect(Collectors.toMap(location -> location, path::resolveSibling));
        var architecture = (Known) Families.describe(fixture.config(), fixture.configJson());
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var weights = Families.weights(architecture, WeightsFile.onnx(graph, path, data));
                var encoder = new NestedEncoder(
                        memory, weights, pooler(fixture), Precision.FLOAT32, CAPACITY, List.of(), 1)) {
            assertClose(0.99999, EncodedRows.alone(memory, encoder, fixture.tokenIds()), fixture.referenceVectors());
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void aRowInAnyBatchHasTheVectorOfTheRowAlone(FamilyFixture fixture) {
        NestedMachine.assume();
        var rows = fixture.tokenIds();
        var order = new ArrayList<>(IntStream.range(0, rows.size()).boxed().toList());
        Collections.shuffle(order, new Random(Seeds.random().nextLong()));
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var encoder = nested(memory, fixture, Precision.FLOAT32)) {
            var alone = EncodedRows.alone(memory, encoder, rows);
            var batch = new ArrayList<Integer>();
            var tokens = 0;
            for (var i : order) {
                if (tokens + rows.get(i).length > CAPACITY) {
                    assertSame(memory, encoder, rows, batch, alone);
                    batch.clear();
                    tokens = 0;
                }
                batch.add(i);
                tokens += rows.get(i).length;
            }
            assertSame(memory, encoder, rows, batch, alone);
        }
    }

    private static void assertSame(
            NativeMemory memory, Encoder encoder, List<int[]> rows, List<Integer> batch, float[][] alone) {
        var found = EncodedRows.together(
                memory, encoder, batch.stream().map(rows::get).toList());
        for (var b = 0; b < batch.size(); b++) {
            var expected = alone[batch.get(b)];
            for (var i = 0; i < expected.length; i++) {
                assertThat(Math.abs(found[b][i] - expected[i]))
                        .as("row %d, element %d", batch.get(b), i)
                        .isLessThanOrEqualTo(1e-5f);
            }
        }
    }

    /** Weights as random as these make single texts chaotic; what is asked for is that nothing is wrong. */
    @ParameterizedTest
    @MethodSource("fixtures")
    void integersGiveAboutTheSameVectors(FamilyFixture fixture) {
        NestedMachine.assume();
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var encoder = nested(memory, fixture, Precision.INT8)) {
            var found = EncodedRows.alone(memory, encoder, fixture.tokenIds());
            var expected = fixture.referenceVectors();
            var cosines = IntStream.range(0, found.length)
                    .mapToDouble(i -> Closeness.worst(new float[][] {expected[i]}, new float[][] {found[i]})
                            .cosine())
                    .sorted()
                    .toArray();
            assertThat(cosines[cosines.length / 2]).isGreaterThanOrEqualTo(0.99);
        }
    }

    private static void assertClose(double least, float[][] found, float[][] expected) {
        assertThat(Closeness.worst(expected, found).cosine()).isGreaterThanOrEqualTo(least);
    }
}
