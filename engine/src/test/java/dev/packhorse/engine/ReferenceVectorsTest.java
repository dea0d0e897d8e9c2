package dev.packhorse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Models;
import dev.packhorse.engine.onednn.OneDnnSupport;
import dev.packhorse.engine.tokenize.TokenizedText;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All texts at once through tokenizer, planner and encoder, against each text alone in other implementations. */
class ReferenceVectorsTest {

    @ParameterizedTest
    @ValueSource(strings = {"all-minilm-l6-v2", "bge-small-en-v1.5", "tiny-bert"})
    void everyVectorOfThePaddedEncoderIsThatOfTheReference(String name) {
        assertVectors(name, PathChoice.SLOW, Precision.FLOAT32);
    }

    @ParameterizedTest
    @ValueSource(strings = {"all-minilm-l6-v2", "bge-small-en-v1.5", "tiny-bert"})
    void everyVectorOfTheNestedEncoderIsThatOfTheReference(String name) {
        NestedMachine.assume();
        assertVectors(name, PathChoice.FAST, Precision.FLOAT32);
    }

    /** Texts such as lone emoji and control characters are the hardest to quantise; the worst is held, not the mean. */
    @ParameterizedTest
    @ValueSource(strings = {"all-minilm-l6-v2", "bge-small-en-v1.5"})
    void everyVectorInIntegersIsNearThatOfTheReference(String name) {
        NestedMachine.assume();
        assertVectors(name, PathChoice.FAST, Precision.INT8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"all-minilm-l6-v2", "bge-small-en-v1.5"})
    void everyVectorInBfloat16IsNearThatOfTheReference(String name) {
        NestedMachine.assume();
        assumeTrue(OneDnnSupport.best() == Precision.BFLOAT16, "needs a CPU with bfloat16");
        assertVectors(name, PathChoice.FAST, Precision.BFLOAT16);
    }

    private static double leastCosine(Precision precision) {
        return switch (precision) {
            case FLOAT32 -> 0.99999;
            case FLOAT16 -> 0.9999;
            case BFLOAT16 -> 0.9995;
            case INT8 -> 0.99;
        };
    }

    private static void assertVectors(String name, PathChoice path, Precision precision) {
        var reference = Fixtures.reference(name);
        var model = Models.find(name.equals("tiny-bert") ? Fixtures.tinyBert().toString() : name);
        assertThat(model.maxSeqLength()).isEqualTo(reference.maxSeqLength());
        try (var engine = Engine.open(new EngineSettings(model, precision, path, 4096, 2))) {
            var rows = Fixtures.texts().stream()
                    .map(engine::tokenize)
                    .map(TokenizedText::ids)
                    .toList();
            assertThat(rows).containsExactlyElementsOf(reference.tokenIds());
            var found = Arrays.stream(engine.embed(rows, (r, t, c, n) -> {}))
                    .map(answer -> ((Embedded.Vector) answer).values())
                    .toArray(float[][]::new);
            var worst = Closeness.worst(reference.vectors(), found);
            System.out.printf(
                    "%s, %s: %d texts, worst cosine %.9f, worst difference %.2e%n",
                    name, engine.info(), rows.size(), worst.cosine(), worst.difference());
            assertThat(worst.cosine()).isGreaterThanOrEqualTo(leastCosine(precision));
            assertThat(worst.difference()).isLessThanOrEqualTo(precision == Precision.FLOAT32 ? 1e-4 : 0.05);
        }
    }
}
