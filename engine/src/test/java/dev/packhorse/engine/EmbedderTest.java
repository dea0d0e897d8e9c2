package dev.packhorse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.BrokenEncoderException;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.EncoderInfo;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.plan.BatchPlanner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EmbedderTest {

    /** A batch with this token cannot be encoded. */
    private static final int POISON = 666;

    /** A row with this token gets a vector that is not finite. */
    private static final int NOT_FINITE = 667;

    /** What Java, Netty, malloc and JavaCPP say. */
    private static final List<String> NATIVE = List.of(
            "Cannot reserve 8192 bytes of direct buffer memory (allocated: 9, limit: 10)",
            "failed to allocate 16777216 byte(s) of direct memory (used: 1, max: 2)",
            "Unable to allocate 8192 bytes",
            "Physical memory usage is too high: physicalBytes (9M) > maxPhysicalBytes (8M)");

    private static final int[] KNOWN = {1};

    private static final BatchListener NOBODY = (rows, tokens, computedTokens, nanos) -> {};

    private final NativeMemory memory = NativeMemory.open(Long.MAX_VALUE);

    @AfterEach
    void allMemoryIsGivenBack() {
        assertThat(memory.allocatedBytes()).isZero();
        memory.close();
    }

    /** A row's vector is its length and the sum of its tokens. */
    private static class FakeEncoder implements Encoder {
        final List<Integer> batches = Collections.synchronizedList(new ArrayList<>());
        final boolean padded;
        final int mostRows;
        Error tooMany = null;
        int mostTokens = Integer.MAX_VALUE;

        FakeEncoder(boolean padded, int mostRows) {
            this.padded = padded;
            this.mostRows = mostRows;
        }

        /** Fails also where a batch has more tokens. */
        FakeEncoder upTo(int tokens) {
            mostTokens = tokens;
            return this;
        }

        /** Fails by an error of Java's in place of its own exception. */
        FakeEncoder throwing(Error error) {
            tooMany = error;
            return this;
        }

        @Override
        public EncoderInfo info() {
            return new EncoderInfo("fake", new Device.Cpu(), Precision.FLOAT32, "loops", 2, padded, "it is a test");
        }

        @Override
        public float[] encode(NestedBatch batch) {
            batches.add(batch.size());
            var tooLarge = batch.size() > mostRows || batch.tokens() > mostTokens;
            if (tooLarge && tooMany != null) {
                throw tooMany;
            }
            if (tooLarge) {
                throw new EncoderException("out of memory for " + batch.size() + " rows");
            }
            var vectors = new float[batch.size() * 2];
            for (var b = 0; b < batch.size(); b++) {
                var from = batch.offsets().get(b);
                var to = batch.offsets().get(b + 1);
                vectors[2 * b] = to - from;
                for (var t = from; t < to; t++) {
                    var token = batch.values().get(t);
                    if (token == POISON) {
                        throw new EncoderException("poison in a batch of " + batch.size());
                    }
                    vectors[2 * b + 1] += token == NOT_FINITE ? Float.NaN : token;
                }
            }
            return vectors;
        }

        @Override
        public void close() {}
    }

    private Embedder embedder(Encoder encoder, int maxBatchTokens) {
        return new Embedder(encoder, new BatchPlanner(maxBatchTokens, true), memory, KNOWN);
    }

    private static void assertVector(Embedded answer, int[] row) {
        assertThat(answer).isInstanceOfSatisfying(Embedded.Vector.class, vector -> assertThat(vector.values())
                .containsExactly(row.length, Arrays.stream(row).sum()));
    }

    @Test
    void answersComeInTheOrderOfTheRows() {
        var random = Seeds.random();
        for (var round = 0; round < 50; round++) {
            var rows = new ArrayList<int[]>();
            for (var i = random.nextInt(1, 200); i > 0; i--) {
                rows.add(Seeds.tokens(random, 64));
            }
            var answers = embedder(new FakeEncoder(true, Integer.MAX_VALUE), random.nextInt(1, 1000))
                    .embed(rows, NOBODY);
            assertThat(answers).hasSameSizeAs(rows);
            for (var i = 0; i < answers.length; i++) {
                assertVector(answers[i], rows.get(i));
            }
        }
    }

    @Test
    void noRowsHaveNoAnswersAndNoBatches() {
        var encoder = new FakeEncoder(true, 8);
        assertThat(embedder(encoder, 100).embed(List.of(), NOBODY)).isEmpty();
        assertThat(encoder.batches).isEmpty();
    }

    @Test
    void aBatchTooLargeIsHalvedUntilItFits() {
        var rows = Collections.nCopies(8, new int[] {1, 2});
        var encoder = new FakeEncoder(true, 3);
        var answers = embedder(encoder, 16).embed(rows, NOBODY);
        assertThat(answers).allSatisfy(answer -> assertVector(answer, new int[] {1, 2}));
        assertThat(encoder.batches).containsExactly(8, 4, 2, 2, 4, 2, 2);
    }

    @Test
    void aBatchForWhichThereIsNotEnoughNativeMemoryIsHalvedUntilItFits() {
        var rows = IntStream.range(0, 8).mapToObj(i -> new int[] {i, 2}).toList();
        for (var message : NATIVE) {
            var encoder = new FakeEncoder(true, 3).throwing(new OutOfMemoryError(message));
            var answers = embedder(encoder, 16).embed(rows, NOBODY);
            for (var i = 0; i < 8; i++) {
                assertVector(answers[i], rows.get(i));
            }
            assertThat(encoder.batches).containsExactly(8, 4, 2, 2, 4, 2, 2);
        }
    }

    @Test
    void aRowForWhichThereIsNotEnoughNativeMemoryAloneSaysSo() {
        var encoder = new FakeEncoder(true, 2).upTo(2).throwing(new OutOfMemoryError(NATIVE.get(0)));
        var answers = embedder(encoder, 16).embed(List.of(new int[] {1, 2, 3}, new int[] {4, 5, 6}), NOBODY);
        assertThat(answers)
                .containsOnly(new Embedded.Failed("not enough native memory for 3 tokens alone: " + NATIVE.get(0)));
    }

    @Test
    void aBatchThatCannotBePackedForLackOfNativeMemoryIsHalvedToo() {
        try (var little = NativeMemory.open(32 << 10)) {
            var rows = Collections.nCopies(2_000, new int[] {1, 2, 3, 4});
            var encoder = new FakeEncoder(false, 2_000);
            var answers = new Embedder(encoder, new BatchPlanner(8_000, false), little, KNOWN).embed(rows, NOBODY);
            assertThat(answers).allSatisfy(answer -> assertVector(answer, rows.get(0)));
            assertThat(encoder.batches).hasSizeGreaterThan(1);
            assertThat(little.allocatedBytes()).isZero();
        }
    }

    @Test
    void aFullJavaHeapIsNoBatchsFault() {
        for (var message : List.of("Java heap space", "GC overhead limit exceeded", "Metaspace")) {
            var embedder = embedder(new FakeEncoder(true, 0).throwing(new OutOfMemoryError(message)), 16);
            assertThatThrownBy(() -> embedder.embed(List.of(new int[] {1}), NOBODY))
                    .isInstanceOf(OutOfMemoryError.class)
                    .hasMessage(message);
        }
    }

    @Test
    void onlyTheRowThatFailsAloneEndsWithoutAVector() {
        for (var bad = 0; bad < 7; bad++) {
            var rows = new ArrayList<>(Collections.nCopies(7, new int[] {1, 2, 3}));
            rows.set(bad, new int[] {1, POISON, 3});
            var answers = embedder(new FakeEncoder(true, 8), 21).embed(rows, NOBODY);
            for (var i = 0; i < rows.size(); i++) {
                if (i == bad) {
                    assertThat(answers[i]).isEqualTo(new Embedded.Failed("poison in a batch of 1"));
                } else {
                    assertVector(answers[i], rows.get(i));
                }
            }
        }
    }

    @Test
    void theHalvesWithoutTheFailingRowStayWhole() {
        var rows = new ArrayList<>(Collections.nCopies(8, new int[] {1}));
        rows.set(7, new int[] {POISON});
        var encoder = new FakeEncoder(true, 8);
        assertThat(embedder(encoder, 8).embed(rows, NOBODY)[7]).isInstanceOf(Embedded.Failed.class);
        assertThat(encoder.batches).containsExactly(8, 4, 4, 2, 2, 1, 1, 1); // and the known row
    }

    /** Else each row would be an error row, and a job that overwrites would put them in the place of good ones. */
    @Test
    void anEncoderThatAlwaysFailsFailsNoRowButSaysSo() {
        var rows = List.of(new int[] {1}, new int[] {2, 3});
        var refusing = embedder(new FakeEncoder(true, 0), 100);
        assertThatThrownBy(() -> refusing.embed(rows, NOBODY))
                .isInstanceOf(BrokenEncoderException.class)
                .hasMessage(
                        "fake: expected a row to be encoded that was encoded when the model was loaded, found: out of"
                                + " memory for 1 rows; met at a row that failed with: out of memory for 1 rows");

        var withoutMemory = embedder(new FakeEncoder(true, 0).throwing(new OutOfMemoryError(NATIVE.get(0))), 100);
        assertThatThrownBy(() -> withoutMemory.embed(rows, NOBODY))
                .isInstanceOf(BrokenEncoderException.class)
                .hasMessage("fake: expected a row to be encoded that was encoded when the model was loaded, found: "
                        + NATIVE.get(0)
                        + "; met at a row that failed with: not enough native memory for 2 tokens alone: "
                        + NATIVE.get(0));

        var notFinite =
                new Embedder(new FakeEncoder(true, 8), new BatchPlanner(100, true), memory, new int[] {NOT_FINITE});
        assertThatThrownBy(() -> notFinite.embed(List.of(new int[] {POISON}), NOBODY))
                .isInstanceOf(BrokenEncoderException.class)
                .hasMessage(
                        "fake: expected a row to be encoded that was encoded when the model was loaded, found: the"
                                + " encoder gave a vector that is not finite; met at a row that failed with: poison in a batch of 1");
    }

    @Test
    void anEncoderThatGivesTooFewNumbersIsFoundOut() {
        var encoder = new FakeEncoder(true, 8) {
            @Override
            public float[] encode(NestedBatch batch) {
                return new float[batch.size()];
            }
        };
        var embedder = embedder(encoder, 100);
        assertThatThrownBy(() -> embedder.embed(List.of(new int[] {1}, new int[] {2}), NOBODY))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("fake: expected 2 vectors of 2 numbers, found 2 numbers");
    }

    @Test
    void aVectorThatIsNotFiniteIsNone() {
        var rows = List.of(new int[] {1, 2}, new int[] {1, NOT_FINITE}, new int[] {3});
        var answers = embedder(new FakeEncoder(true, 8), 100).embed(rows, NOBODY);
        assertVector(answers[0], rows.get(0));
        assertThat(answers[1]).isEqualTo(new Embedded.Failed("the encoder gave a vector that is not finite"));
        assertVector(answers[2], rows.get(2));
    }

    @Test
    void whatIsNoMatterOfTheBatchIsNotTriedAgain() {
        var broken = new Encoder() {
            @Override
            public EncoderInfo info() {
                return new EncoderInfo("broken", new Device.Cpu(), Precision.FLOAT32, "loops", 2, true, "it is a test");
            }

            @Override
            public float[] encode(NestedBatch batch) {
                throw new IllegalStateException("the encoder is closed");
            }

            @Override
            public void close() {}
        };
        var rows = List.of(new int[] {1}, new int[] {2});
        var embedder = embedder(broken, 100);
        assertThatThrownBy(() -> embedder.embed(rows, NOBODY))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the encoder is closed");
    }

    /** Adds up what it is told. */
    private static final class Totals implements BatchListener {
        int batches;
        int rows;
        long tokens;
        long computedTokens;
        final List<String> halved = new ArrayList<>();

        @Override
        public void halved(int rows, String reason) {
            halved.add("%d: %s".formatted(rows, reason));
        }

        @Override
        public void encoded(int rows, long tokens, long computedTokens, long nanos) {
            batches++;
            this.rows += rows;
            this.tokens += tokens;
            this.computedTokens += computedTokens;
            assertThat(nanos).isNotNegative();
        }
    }

    @Test
    void aPaddedEncoderComputesItsLongestRowForEveryRow() {
        var totals = new Totals();
        embedder(new FakeEncoder(true, 8), 100).embed(List.of(new int[10], new int[9], new int[7]), totals);
        assertThat(totals.batches).isEqualTo(1);
        assertThat(totals.rows).isEqualTo(3);
        assertThat(totals.tokens).isEqualTo(26);
        assertThat(totals.computedTokens).isEqualTo(30);
    }

    @Test
    void anotherEncoderComputesItsTokens() {
        var totals = new Totals();
        embedder(new FakeEncoder(false, 8), 100).embed(List.of(new int[10], new int[9], new int[7]), totals);
        assertThat(totals.batches).isEqualTo(1);
        assertThat(totals.tokens).isEqualTo(26);
        assertThat(totals.computedTokens).isEqualTo(26);
    }

    @Test
    void theListenerHearsOfBatchesThatSucceededAndOfThoseThatWereHalved() {
        var rows = new ArrayList<>(Collections.nCopies(8, new int[] {1, 2}));
        rows.set(0, new int[] {1, POISON});
        var totals = new Totals();
        embedder(new FakeEncoder(true, 8), 16).embed(rows, totals);
        assertThat(totals.rows).isEqualTo(7);
        assertThat(totals.tokens).isEqualTo(14);
        assertThat(totals.computedTokens).isEqualTo(14);
        assertThat(totals.batches).isEqualTo(3);
        assertThat(totals.halved)
                .containsExactly("8: poison in a batch of 8", "4: poison in a batch of 4", "2: poison in a batch of 2");
    }
}
