package dev.packhorse.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFolder;
import dev.packhorse.engine.tokenize.TokenizedText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * From text to vector, on both paths: each family's folder, as sentence-transformers saved it, gives sentence-transformers'
 * token ids and vectors, and each text alone what it gives in any batch.
 */
class FamilyVectorsTest {

    private static final BatchListener NOBODY = (rows, tokens, computedTokens, nanos) -> {};

    static List<Arguments> familiesAndPaths() {
        return FamilyFixture.families()
                .flatMap(
                        fixture -> Stream.of(PathChoice.FAST, PathChoice.SLOW).map(path -> Arguments.of(fixture, path)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("familiesAndPaths")
    void everyTextHasSentenceTransformersTokensAndVector(FamilyFixture fixture, PathChoice path) {
        if (path == PathChoice.FAST) {
            NestedMachine.assume();
        }
        var texts = FamilyFixtures.texts();
        assertThat(texts).hasSize(64);
        try (var engine = Engine.open(settings(ModelFolder.read(fixture.folder()), path))) {
            var rows =
                    texts.stream().map(engine::tokenize).map(TokenizedText::ids).toList();
            assertThat(rows).containsExactlyElementsOf(fixture.tokenIds());
            var alone = rows.stream()
                    .map(row -> vector(engine.embed(List.of(row), NOBODY)[0]))
                    .toArray(float[][]::new);
            assertThat(Closeness.worst(fixture.referenceVectors(), alone).cosine())
                    .isGreaterThanOrEqualTo(0.9999);

            var order = new ArrayList<>(IntStream.range(0, rows.size()).boxed().toList());
            Collections.shuffle(order, new Random(Seeds.random().nextLong()));
            var together = engine.embed(order.stream().map(rows::get).toList(), NOBODY);
            for (var i = 0; i < together.length; i++) {
                assertThat(Closeness.difference(alone[order.get(i)], vector(together[i])))
                        .as("text %d", order.get(i))
                        .isLessThanOrEqualTo(1e-5);
            }
        }
    }

    private static EngineSettings settings(Model model, PathChoice path) {
        return new EngineSettings(model, Precision.FLOAT32, path, 2_048, 1);
    }

    private static float[] vector(Embedded answer) {
        assertThat(answer).isInstanceOf(Embedded.Vector.class);
        return ((Embedded.Vector) answer).values();
    }
}
