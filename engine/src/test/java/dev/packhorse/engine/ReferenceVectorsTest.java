package dev.packhorse.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.model.Models;
import dev.packhorse.engine.tokenize.TokenizedText;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All texts at once through tokenizer, planner and encoder, against each text alone in other implementations. */
class ReferenceVectorsTest {

    @ParameterizedTest
    @ValueSource(strings = {"all-minilm-l6-v2", "bge-small-en-v1.5", "tiny-bert"})
    void everyVectorOfThePaddedEncoderIsThatOfTheReference(String name) {
        assertVectors(name, EncoderChoice.PADDED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"all-minilm-l6-v2", "bge-small-en-v1.5", "tiny-bert"})
    void everyVectorOfTheNestedEncoderIsThatOfTheReference(String name) {
        NestedMachine.assume();
        assertVectors(name, EncoderChoice.NESTED);
    }

    private static void assertVectors(String name, EncoderChoice encoder) {
        var reference = Fixtures.reference(name);
        var model = Models.find(name.equals("tiny-bert") ? Fixtures.tinyBert().toString() : name);
        assertThat(model.maxSeqLength()).isEqualTo(reference.maxSeqLength());
        try (var engine = Engine.open(new EngineSettings(model, Precision.FLOAT32, encoder, 4096, 2))) {
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
            assertThat(worst.cosine()).isGreaterThanOrEqualTo(0.99999);
            assertThat(worst.difference()).isLessThanOrEqualTo(1e-4);
        }
    }
}
