package dev.packhorse.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.packhorse.engine.Closeness;
import dev.packhorse.engine.Embedded.Failed;
import dev.packhorse.engine.Embedded.Vector;
import dev.packhorse.engine.Embedder;
import dev.packhorse.engine.EncodedRows;
import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.NestedMachine;
import dev.packhorse.engine.ResidentMemory;
import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.TinyBertWeights;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.measure.Span;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.plan.BatchPlanner;
import dev.packhorse.engine.reference.PlainEncoder;
import dev.packhorse.engine.transformer.Dense;
import dev.packhorse.engine.transformer.LayerWeights;
import java.io.IOException;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NestedEncoderTest {

    private final RandomGenerator random = Seeds.random();

    /** Closing it fails when anything native was left open. */
    private final NativeMemory memory = NativeMemory.open(Long.MAX_VALUE);

    @BeforeAll
    static void needsOneDnn() {
        NestedMachine.assume();
    }

    @AfterEach
    void nothingNativeIsLeft() {
        memory.close();
    }

    static Stream<Precision> precisions() {
        NestedMachine.assume();
        return TinyEncoders.precisions();
    }

    @ParameterizedTest
    @MethodSource("precisions")
    void anyBatchIsEncodedAsByThePlainEncoder(Precision precision) {
        var leastCosine =
                switch (precision) {
                    case FLOAT32 -> 0.999999;
                    case FLOAT16 -> 0.9999;
                    case BFLOAT16 -> 0.9995; // random weights forgive less than trained ones
                    case INT8 -> 0.995;
                };
        try (var encoder = TinyEncoders.open(memory, precision);
                var weights = TinyBertWeights.open()) {
            var plain = new PlainEncoder(weights, TinyEncoders.POOLER);
            for (var round = 0; round < 20; round++) {
                var rows = TinyEncoders.batch(random, rows(50, 128));
                var found = EncodedRows.together(memory, encoder, rows);
                var expected = new float[rows.size()][];
                for (var b = 0; b < expected.length; b++) {
                    try (var alone = NestedBatch.pack(memory, List.of(rows.get(b)))) {
                        expected[b] = plain.encode(alone);
                    }
                }
                assertThat(Closeness.worst(expected, found).cosine()).isGreaterThanOrEqualTo(leastCosine);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("precisions")
    void aRowHasTheSameBitsInAnyBatchAndInAnyOrder(Precision precision) {
        var rows = rows(100, 128);
        try (var encoder = TinyEncoders.open(memory, precision)) {
            var alone = alone(encoder, rows);
            for (var round = 0; round < 100; round++) {
                assertSameBits(alone, encoder, TinyEncoders.batch(random, rows));
            }
        }
    }

    /**
     * Threads that shared scratch memory, buffers or bound calls would overwrite each other's numbers: every row of every
     * batch is compared, for the mean would hide the few that met.
     */
    @ParameterizedTest
    @MethodSource("precisions")
    void aRowHasTheSameBitsHoweverManyTasksEncode(Precision precision) throws InterruptedException, ExecutionException {
        var rows = rows(100, 128);
        try (var encoder = TinyEncoders.open(memory, precision)) {
            var alone = alone(encoder, rows);
            for (var tasks : new int[] {2, 8}) {
                var threads = Executors.newFixedThreadPool(tasks);
                try {
                    var work = IntStream.range(0, tasks)
                            .<Callable<Boolean>>mapToObj(task -> () -> {
                                var own = new Random(task);
                                for (var round = 0; round < 60; round++) {
                                    assertSameBits(alone, encoder, TinyEncoders.batch(own, rows));
                                }
                                return true;
                            })
                            .toList();
                    for (var done : threads.invokeAll(work)) {
                        assertThat(done.get()).isTrue();
                    }
                } finally {
                    threads.shutdownNow();
                }
            }
        }
    }

    /** A row's keys may be looked at by the row before it, with a weight of 0: no matter unless they are not numbers. */
    @ParameterizedTest
    @MethodSource("precisions")
    void aRowThatOverflowsSpoilsNoOther(Precision precision) {
        var rows = rows(40, 60);
        var broken = rows.stream().map(int[]::clone).toList();
        for (var b = 0; b < broken.size(); b += 3) {
            broken.get(b)[0] = TinyEncoders.BROKEN_TOKEN;
        }
        try (var encoder = TinyEncoders.openBroken(memory, precision)) {
            var embedder = new Embedder(encoder, new BatchPlanner(256, false), memory, new int[] {5});
            var alone = embedder.embed(rows, (r, t, c, n) -> {});
            for (var round = 0; round < 3; round++) {
                var answers = embedder.embed(broken, (r, t, c, n) -> {});
                for (var b = 0; b < answers.length; b++) {
                    assertThat(answers[b]).as("row %d", b).isInstanceOf(b % 3 == 0 ? Failed.class : Vector.class);
                    if (answers[b] instanceof Vector vector) {
                        assertThat(vector.values()).isEqualTo(((Vector) alone[b]).values());
                    }
                }
            }
        }
    }

    /** An integer would hide it: a model with one broken weight must be found out, whatever it computes in. */
    @ParameterizedTest
    @MethodSource("precisions")
    void aWeightThatIsNoNumberLeavesNoVectorFinite(Precision precision) {
        var changes = List.<UnaryOperator<LayerWeights>>of(
                layer -> changed(layer, broken(layer.attentionOutput()), layer.up()),
                layer -> changed(layer, layer.attentionOutput(), broken(layer.up())));
        for (var change : changes) {
            try (var encoder = TinyEncoders.open(memory, precision, change)) {
                for (var vector : EncodedRows.together(memory, encoder, rows(10, 60))) {
                    assertThat(vector).containsOnly(Float.NaN);
                }
            }
        }
    }

    private static LayerWeights changed(LayerWeights layer, Dense attentionOutput, Dense up) {
        return new LayerWeights(
                layer.attentionNorm(),
                layer.queryKeyValue(),
                attentionOutput,
                layer.feedForwardNorm(),
                up,
                layer.gate(),
                layer.down());
    }

    /** A map one of whose weights, in the middle of all, is no number. */
    private static Dense broken(Dense dense) {
        var weight = dense.weight().clone();
        weight[weight.length / 2 + 3] = Float.NaN;
        return new Dense(dense.inputs(), dense.outputs(), weight, dense.bias());
    }

    private Map<int[], float[]> alone(NestedEncoder encoder, List<int[]> rows) {
        var alone = new IdentityHashMap<int[], float[]>();
        rows.forEach(row -> alone.put(row, EncodedRows.together(memory, encoder, List.of(row))[0]));
        return alone;
    }

    private void assertSameBits(Map<int[], float[]> alone, NestedEncoder encoder, List<int[]> rows) {
        var found = EncodedRows.together(memory, encoder, rows);
        for (var b = 0; b < found.length; b++) {
            assertThat(found[b])
                    .as("row %d of %d tokens", b, rows.get(b).length)
                    .isEqualTo(alone.get(rows.get(b)));
        }
    }

    private List<int[]> rows(int count, int maxLength) {
        return IntStream.range(0, count)
                .mapToObj(i -> Seeds.tokens(random, maxLength))
                .toList();
    }

    @Test
    void aLongRowNeedsNoMoreThanOneOfTheHeads() {
        var rows = List.of(random.ints(128, 5, 550).toArray());
        try (var encoder = TinyEncoders.open(memory, Precision.FLOAT32);
                var weights = TinyBertWeights.open();
                var batch = NestedBatch.pack(memory, rows)) {
            assertThat(Closeness.difference(
                            new PlainEncoder(weights, TinyEncoders.POOLER).encode(batch), encoder.encode(batch)))
                    .isLessThan(1e-6);
        }
    }

    @Test
    void itSaysWhatItIs() {
        try (var encoder = TinyEncoders.open(memory, Precision.FLOAT32)) {
            assertThat(encoder.info().name()).isEqualTo("onednn-nested");
            assertThat(encoder.info().padded()).isFalse();
            assertThat(encoder.info().dimension()).isEqualTo(TinyEncoders.DIMENSION);
            assertThat(encoder.info().kernel()).isNotEmpty().doesNotContain("ref");
        }
    }

    @Test
    void aBatchBeyondItsBudgetIsRefusedAndTheEncoderStaysUsable() {
        try (var encoder = TinyEncoders.open(memory, Precision.FLOAT32)) {
            var rows = IntStream.range(0, 5)
                    .mapToObj(i -> random.ints(103, 5, 550).toArray())
                    .toList();
            assertThatThrownBy(() -> EncodedRows.together(memory, encoder, rows))
                    .isInstanceOf(EncoderException.class)
                    .hasMessage("expected a batch of at most 512 tokens, found 515");
            assertThat(EncodedRows.together(memory, encoder, rows.subList(0, 4)))
                    .hasNumberOfRows(4);
        }
    }

    @Test
    void aRowBeyondItsPositionsIsRefused() {
        try (var encoder = TinyEncoders.open(memory, Precision.FLOAT32)) {
            var rows = List.of(random.ints(129, 5, 550).toArray());
            assertThatThrownBy(() -> EncodedRows.together(memory, encoder, rows))
                    .isInstanceOf(EncoderException.class)
                    .hasMessage("expected rows of at most 128 tokens, found one of 129");
        }
    }

    @Test
    void aTokenThatTheModelDoesNotKnowIsRefused() {
        try (var encoder = TinyEncoders.open(memory, Precision.FLOAT32)) {
            for (var token : new int[] {550, -1}) {
                assertThatThrownBy(() -> EncodedRows.together(memory, encoder, List.of(new int[] {1, token})))
                        .isInstanceOf(EncoderException.class)
                        .hasMessage("expected a token id below 550, found " + token);
            }
        }
    }

    @Test
    void aCpuWithoutBfloat16IsNamed() {
        assumeFalse(OneDnn.hasBfloat16() || OneDnn.isa().startsWith("avx512"), "needs a CPU without bfloat16");
        assertThatThrownBy(() -> TinyEncoders.open(memory, Precision.BFLOAT16))
                .isInstanceOf(EncoderException.class)
                .hasMessage(
                        "query, key, value: expected a CPU whose matrices of bf16 numbers oneDNN multiplies, found one"
                                + " with " + OneDnn.isa());
    }

    @Test
    void nativeMemoryIsWeightsAndAWorkspaceForEachTaskAtATime() {
        try (var encoder = TinyEncoders.open(memory, Precision.FLOAT32)) {
            var weights = memory.allocatedBytes();
            EncodedRows.together(memory, encoder, rows(1, 128));
            var withOne = memory.allocatedBytes();
            for (var round = 0; round < 50; round++) {
                EncodedRows.together(memory, encoder, TinyEncoders.batch(random, rows(20, 128)));
            }
            assertThat(withOne).isGreaterThan(weights);
            assertThat(memory.allocatedBytes()).isLessThanOrEqualTo(withOne + (1 << 20)); // scratch may grow once
        }
        assertThat(memory.allocatedBytes()).isZero();
    }

    @Test
    void twoHundredLoadsAndClosesDoNotGrowTheProcess() throws IOException {
        var rows = rows(20, 128);
        var precisions = TinyEncoders.precisions().toList();
        ResidentMemory.assertNoLeak("encoders loaded and closed", times -> {
            for (var i = 0; i < times; i++) {
                loadEncodeClose(precisions.get(i % precisions.size()), rows);
            }
        });
    }

    private void loadEncodeClose(Precision precision, List<int[]> rows) {
        try (var encoder = TinyEncoders.open(memory, precision)) {
            EncodedRows.together(memory, encoder, rows.subList(0, 4));
        }
        assertThat(memory.allocatedBytes()).isZero();
    }

    @Test
    void eachOperationIsRememberedWhereAskedFor() {
        try (var encoder = TinyEncoders.open(memory, Precision.INT8)) {
            EncodedRows.together(memory, encoder, rows(3, 100));
            assertThat(encoder.spans()).isEmpty();
            encoder.record();
            EncodedRows.together(memory, encoder, rows(3, 100));
            assertThat(encoder.spans())
                    .extracting(Span::operator)
                    .contains(
                            Arrays.stream(Operation.values()).map(Operation::id).toArray(String[]::new));
        }
    }

    /** OpenMP would start a thread for each core, which bear the name of the thread that calls. */
    @Test
    void aCallComputesInItsOwnThread() throws InterruptedException, ExecutionException {
        try (var encoder = TinyEncoders.open(memory, Precision.FLOAT32)) {
            var rows = TinyEncoders.batch(random, rows(20, 128));
            var caller = Executors.newSingleThreadExecutor(work -> new Thread(work, "one-task"));
            try {
                var threads = caller.submit(() -> {
                    EncodedRows.together(memory, encoder, rows);
                    return NativeThreads.named("one-task");
                });
                assertThat(threads.get()).isEqualTo(1);
            } finally {
                caller.shutdownNow();
            }
        }
    }

    @Test
    void theReferenceTextsKeepTheirVectors() {
        var reference = Fixtures.reference("tiny-bert");
        try (var encoder = TinyEncoders.open(memory, Precision.FLOAT32)) {
            for (var i = 0; i < reference.vectors().length; i++) {
                var found = EncodedRows.together(
                        memory, encoder, List.of(reference.tokenIds().get(i)))[0];
                assertThat(Closeness.difference(reference.vectors()[i], found)).isLessThan(1e-5);
            }
        }
    }
}
