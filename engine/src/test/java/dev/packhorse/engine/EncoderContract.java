package dev.packhorse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.model.Head;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.model.Step;
import dev.packhorse.engine.nested.NativeMemory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link Encoder} promises. Each encoder has a test that extends this one and opens tiny-bert with it. */
public abstract class EncoderContract {

    private static final Head MEAN = Head.of(Pooling.MEAN, true);

    private final RandomGenerator random = Seeds.random();

    private final NativeMemory memory = NativeMemory.open(Long.MAX_VALUE);

    /** Opens tiny-bert, for batches of at least 512 tokens. */
    protected abstract Encoder open(NativeMemory memory, Head head);

    @AfterEach
    void nothingNativeIsLeft() {
        memory.close();
    }

    private List<int[]> rows(int count) {
        return IntStream.range(0, count).mapToObj(b -> Seeds.tokens(random, 64)).toList();
    }

    static List<Head> heads() {
        return List.of(
                MEAN,
                new Head(List.of(Pooling.CLS, Pooling.MEAN), true, List.of()),
                new Head(List.of(Pooling.MEAN), true, List.of(new Step.Truncate(8), new Step.Normalize())));
    }

    @ParameterizedTest
    @MethodSource("heads")
    void thereIsAVectorOfTheDimensionThatItSaysForEachRow(Head head) {
        try (var encoder = open(memory, head)) {
            assertThat(encoder.info().dimension()).isEqualTo(head.dimension(32));
            EncodedRows.together(memory, encoder, rows(5)); // counts them
            assertThat(encoder.info()).isEqualTo(encoder.info());
        }
    }

    @Test
    void aRowsVectorIsTheSameWhateverIsBesideItAndInWhateverOrder() {
        try (var encoder = open(memory, MEAN)) {
            var rows = rows(40);
            var alone = EncodedRows.alone(memory, encoder, rows);
            // were all vectors alike, the rest would prove nothing
            assertThat(Closeness.difference(alone[0], EncodedRows.alone(memory, encoder, List.of(new int[] {7}))[0]))
                    .isGreaterThan(1e-3);
            for (var round = 0; round < 20; round++) {
                var order =
                        new ArrayList<>(IntStream.range(0, rows.size()).boxed().toList());
                Collections.shuffle(order, new Random(random.nextLong()));
                var batch = order.subList(0, random.nextInt(1, 8));
                var together = EncodedRows.together(
                        memory, encoder, batch.stream().map(rows::get).toList());
                for (var b = 0; b < together.length; b++) {
                    assertThat(Closeness.difference(alone[batch.get(b)], together[b]))
                            .as("row %d of %s", b, batch)
                            .isLessThanOrEqualTo(1e-6);
                }
            }
        }
    }

    @Test
    void tasksThatShareItGetTheVectorsOfOne() throws InterruptedException, ExecutionException {
        var threads = Executors.newFixedThreadPool(6);
        try (var encoder = open(memory, MEAN)) {
            var batches = IntStream.range(0, 40)
                    .mapToObj(i -> rows(random.nextInt(1, 8)))
                    .toList();
            var work = batches.stream()
                    .<Callable<float[][]>>map(rows -> () -> EncodedRows.together(memory, encoder, rows))
                    .toList();
            var answers = threads.invokeAll(work);
            for (var i = 0; i < batches.size(); i++) {
                var alone = EncodedRows.alone(memory, encoder, batches.get(i));
                assertThat(Closeness.worst(alone, answers.get(i).get()).difference())
                        .isLessThanOrEqualTo(1e-6);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aBatchThatItCannotEncodeIsRefusedAndItStaysUsable() {
        try (var encoder = open(memory, MEAN)) {
            var rows = rows(3);
            var before = EncodedRows.together(memory, encoder, rows);
            var tooLong = random.ints(129, 5, 550).toArray(); // tiny-bert has 128 positions and 550 words
            for (var bad : List.of(new int[] {2, 550, 3}, new int[] {2, -551, 3}, tooLong)) {
                assertThatThrownBy(() -> EncodedRows.together(memory, encoder, List.of(rows.get(0), bad)))
                        .isInstanceOf(EncoderException.class);
            }
            assertThat(EncodedRows.together(memory, encoder, rows)).isDeepEqualTo(before);
        }
    }

    @Test
    void closingTwiceIsNoMistakeAndEncodingAfterwardsIs() {
        var encoder = open(memory, MEAN);
        encoder.close();
        encoder.close();
        assertThatThrownBy(() -> EncodedRows.together(memory, encoder, rows(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the encoder is closed");
    }
}
