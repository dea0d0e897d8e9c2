package dev.packhorse.engine.pooling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Closeness;
import dev.packhorse.engine.FamilyFixtures;
import dev.packhorse.engine.families.Architecture.Known;
import dev.packhorse.engine.families.Families;
import dev.packhorse.engine.model.DenseActivation;
import dev.packhorse.engine.model.Head;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.model.Step;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.reference.PlainEncoder;
import dev.packhorse.engine.weights.WeightsFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Heads of every kind against what sentence-transformers made of the same model and texts. */
class LayoutsTest {

    private static final int ROWS = 24; // of 64: the plain encoder takes its time
    private static final Step NORMALIZE = new Step.Normalize();

    private static NativeMemory memory;

    @BeforeAll
    static void open() {
        memory = NativeMemory.open(Long.MAX_VALUE);
    }

    @AfterAll
    static void close() {
        memory.close();
    }

    static Stream<Arguments> layouts() {
        var dense = FamilyFixtures.folder("layouts/dense");
        return Stream.of(
                Arguments.of("bert", 0, Head.of(Pooling.MEAN, true)),
                Arguments.of("layouts/pooling-max", 0, Head.of(Pooling.MAX, false)),
                Arguments.of("layouts/pooling-mean-sqrt-len-booleans", 0, Head.of(Pooling.MEAN_SQRT_LEN, false)),
                Arguments.of("layouts/pooling-weightedmean", 0, Head.of(Pooling.WEIGHTED_MEAN, false)),
                Arguments.of("layouts/pooling-lasttoken-booleans", 0, Head.of(Pooling.LAST_TOKEN, false)),
                Arguments.of("layouts/pooling-cls-mean", 0, head(List.of(Pooling.CLS, Pooling.MEAN), true, NORMALIZE)),
                Arguments.of("layouts/pooling-cls-mean-booleans", 0, head(List.of(Pooling.CLS, Pooling.MEAN), true)),
                Arguments.of("layouts/pooling-mean-max", 0, head(List.of(Pooling.MEAN, Pooling.MAX), true)),
                Arguments.of("layouts/pooling-max-mean-booleans", 0, head(List.of(Pooling.MAX, Pooling.MEAN), true)),
                Arguments.of("layouts/prompts", 6, head(List.of(Pooling.MEAN), true, NORMALIZE)),
                Arguments.of("layouts/prompts-not-pooled", 6, head(List.of(Pooling.MEAN), false, NORMALIZE)),
                Arguments.of(
                        "layouts/dense",
                        0,
                        head(
                                List.of(Pooling.MEAN),
                                true,
                                new Step.Dense(
                                        FamilyFixtures.file(dense.resolve("2_Dense/model.safetensors")),
                                        32,
                                        24,
                                        true,
                                        DenseActivation.TANH),
                                new Step.Dense(
                                        FamilyFixtures.file(dense.resolve("3_Dense/model.safetensors")),
                                        24,
                                        16,
                                        false,
                                        DenseActivation.IDENTITY),
                                NORMALIZE)));
    }

    private static Head head(List<Pooling> poolings, boolean includePrompt, Step... steps) {
        return new Head(poolings, includePrompt, List.of(steps));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layouts")
    void vectorsAreThoseOfSentenceTransformers(String layout, int promptTokens, Head head) {
        var reference = FamilyFixtures.reference(layout);
        var pooler = Pooler.open(head, promptTokens);
        var dimension = pooler.dimension(32);
        assertThat(dimension).isEqualTo(reference.vectors()[0].length);
        var rows = new ArrayList<int[]>();
        var expected = new ArrayList<float[]>();
        for (var i = 0; i < ROWS; i++) {
            rows.add(reference.tokenIds().get(i * 64 / ROWS));
            expected.add(reference.vectors()[i * 64 / ROWS]);
        }
        var found = encode(pooler, rows, dimension);
        var worst = Closeness.worst(expected.toArray(float[][]::new), found);
        assertThat(worst.difference()).isLessThan(2e-5);
        assertThat(worst.cosine()).isGreaterThanOrEqualTo(0.999_999);
    }

    private static float[][] encode(Pooler pooler, List<int[]> rows, int dimension) {
        var weightsFile = FamilyFixtures.folder("bert").resolve("model.safetensors");
        try (var weights = Families.weights(
                        (Known) FamilyFixtures.architecture("bert"),
                        WeightsFile.safetensors("model.safetensors", weightsFile));
                var encoder = new PlainEncoder(weights, pooler);
                var batch = NestedBatch.pack(memory, rows)) {
            var flat = encoder.encode(batch);
            return IntStream.range(0, rows.size())
                    .mapToObj(b -> Arrays.copyOfRange(flat, b * dimension, (b + 1) * dimension))
                    .toArray(float[][]::new);
        }
    }
}
