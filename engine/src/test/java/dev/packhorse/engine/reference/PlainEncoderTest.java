package dev.packhorse.engine.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Closeness;
import dev.packhorse.engine.EncodedRows;
import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.families.Architecture.Known;
import dev.packhorse.engine.families.Families;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.Models;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.weights.WeightsFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainEncoderTest {

    @Test
    void everyVectorIsThatOfTheReference() {
        var reference = Fixtures.reference("tiny-bert");
        var encoder = tinyBert();
        var worst = Closeness.worst(reference.vectors(), encode(encoder, reference.tokenIds()));
        System.out.printf(
                "tiny-bert, %s: worst cosine %.9f, worst difference %.2e%n",
                encoder.info(), worst.cosine(), worst.difference());
        assertThat(worst.cosine()).isGreaterThanOrEqualTo(0.99999);
        assertThat(worst.difference()).isLessThanOrEqualTo(1e-4);
    }

    /** Those of real models, in graphs: a square weight turned the wrong way round has the right shape. */
    @ParameterizedTest
    @ValueSource(strings = {"all-minilm-l6-v2", "bge-small-en-v1.5"})
    void shortTextsOfAGraphsWeightsHaveTheVectorsOfTheReference(String name) {
        var reference = Fixtures.reference(name);
        var model = Models.find(name);
        // Java loops over millions of weights: some short texts of different lengths must do
        var texts = IntStream.range(0, reference.tokenIds().size())
                .boxed()
                .sorted(Comparator.comparing(i -> reference.tokenIds().get(i).length))
                .filter(i -> reference.tokenIds().get(i).length >= 5)
                .limit(3)
                .toList();
        try (var copy = model.graph().orElseThrow().copy()) {
            var encoder = encoder(model, WeightsFile::onnx, copy.path());
            var found = encode(
                    encoder, texts.stream().map(reference.tokenIds()::get).toList());
            var expected = texts.stream().map(i -> reference.vectors()[i]).toArray(float[][]::new);
            var worst = Closeness.worst(expected, found);
            assertThat(worst.cosine()).isGreaterThanOrEqualTo(0.99999);
            assertThat(worst.difference()).isLessThanOrEqualTo(1e-4);
        }
    }

    @Test
    void aRowInABatchIsTheRowAloneBitForBit() {
        var encoder = tinyBert();
        var random = Seeds.random();
        for (var round = 0; round < 5; round++) {
            var rows = IntStream.range(0, random.nextInt(2, 9))
                    .mapToObj(b -> Seeds.tokens(random, 64))
                    .toList();
            var together = encode(encoder, rows);
            for (var b = 0; b < rows.size(); b++) {
                assertThat(together[b]).isEqualTo(encode(encoder, rows.subList(b, b + 1))[0]);
            }
            // were all vectors alike, the rest would prove nothing
            if (!Arrays.equals(rows.get(0), rows.get(1))) {
                assertThat(Closeness.difference(together[0], together[1])).isGreaterThan(1e-3);
            }
        }
    }

    @Test
    void itSaysWhatItIs() {
        assertThat(tinyBert().info()).hasToString("plain on cpu, float32, Java loops (the reference)");
    }

    @Test
    void itSaysWhatItCannotEncode() {
        var encoder = tinyBert();
        for (var token : new int[] {550, -1}) {
            assertThatThrownBy(() -> encode(encoder, List.of(new int[] {1, token})))
                    .isInstanceOf(EncoderException.class)
                    .hasMessage("expected a token id below 550, found " + token);
        }
        assertThatThrownBy(() -> encode(encoder, List.of(new int[129])))
                .isInstanceOf(EncoderException.class)
                .hasMessage("expected rows of at most 128 tokens, found one of 129");
    }

    private static PlainEncoder tinyBert() {
        var folder = Fixtures.tinyBert();
        return encoder(Models.find(folder.toString()), WeightsFile::safetensors, folder.resolve("model.safetensors"));
    }

    private static PlainEncoder encoder(Model model, BiFunction<String, Path, WeightsFile> open, Path file) {
        try (var weights = Families.weights((Known) model.architecture(), open.apply("weights", file))) {
            return new PlainEncoder(weights, Pooler.open(model.head(), 0));
        }
    }

    /** [B][D] */
    private static float[][] encode(PlainEncoder encoder, List<int[]> rows) {
        try (var memory = NativeMemory.open(Long.MAX_VALUE)) {
            return EncodedRows.together(memory, encoder, rows);
        }
    }
}
