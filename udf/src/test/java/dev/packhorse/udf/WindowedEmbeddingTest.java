package dev.packhorse.udf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.model.Sha256;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.options.EncodeOptions.EmptyText;
import dev.packhorse.udf.options.EncodeOptions.OnError;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a window does, which {@code --sort global} does otherwise. */
class WindowedEmbeddingTest extends EmbeddingFixture {

    @Test
    void rowsStayInTheirOrder() {
        var texts = Fixtures.texts();

        var result = run(settings(ENGINE, 7), Way.WINDOWED, rows(texts), 1);

        assertThat(result.rows().stream().map(row -> row.<Integer>getAs("id")))
                .containsExactlyElementsOf(
                        IntStream.range(0, texts.size()).boxed().toList());
    }

    @Test
    void identicalTextsOfAWindowAreEncodedOnceAndGetTheSameVector() {
        var result = run(settings(ENGINE, 100), Way.WINDOWED, rows(List.of("a", "b", "a", "c", "b", "a")), 1);

        assertThat(result.counts().get(Count.ROWS)).isEqualTo(6);
        assertThat(result.counts().get(Count.VECTORS)).isEqualTo(6);
        assertThat(result.counts().get(Count.DUPLICATES)).isEqualTo(3);
        assertThat(result.counts().get(Count.ENCODED_ROWS)).isEqualTo(3);
        assertThat(result.counts().get(Count.PENDING_TOKENS)).isZero();
        var vectors = result.vectorsById();
        assertThat(vectors.get(2)).isEqualTo(vectors.get(0));
        assertThat(vectors.get(5)).isEqualTo(vectors.get(0));
        assertThat(vectors.get(4)).isEqualTo(vectors.get(1)).isNotEqualTo(vectors.get(0));
    }

    @Test
    void theLastTextOfAWindowIsRememberedForTheNext() {
        var result = run(settings(ENGINE, 2), Way.WINDOWED, rows(List.of("a", "b", "b", "b", "b", "a")), 1);

        assertThat(result.counts().get(Count.DUPLICATES)).isEqualTo(3);
        assertThat(result.counts().get(Count.ENCODED_ROWS)).isEqualTo(3);
    }

    @Test
    void aTextOfAnEarlierWindowOrTaskIsRememberedWithinTheCachesBytes() {
        var texts = List.of("a", "b", "c", "a", "b", "c");

        var result = run(remembering(2, 1 << 20), Way.WINDOWED, rows(texts), 1);

        assertThat(result.counts().get(Count.DUPLICATES)).isEqualTo(3);
        assertThat(result.counts().get(Count.ENCODED_ROWS)).isEqualTo(3);
        assertThat(result.counts().get(Count.PENDING_TOKENS)).isZero();
        var vectors = result.vectorsById();
        assertThat(List.of(vectors.get(3), vectors.get(4), vectors.get(5)))
                .isEqualTo(List.of(vectors.get(0), vectors.get(1), vectors.get(2)));
    }

    @Test
    void aRunDoesNotTakeVectorsOfTheRunBeforeIt() {
        var texts = List.of("a", "b", "c");
        run(remembering(2, 1 << 20), Way.WINDOWED, rows(texts), 1);

        var result = run(remembering(2, 1 << 20), Way.WINDOWED, rows(texts), 1);

        assertThat(result.counts().get(Count.DUPLICATES)).isZero();
        assertThat(result.counts().get(Count.ENCODED_ROWS)).isEqualTo(3);
    }

    @Test
    void aRowTellsItsTokensItsTextsHashAndWhetherItWasCut() {
        var reference = Fixtures.reference("tiny-bert");
        var texts = Fixtures.texts();

        var result = run(settings(ENGINE, 100, OnError.ROW, EmptyText.ENCODE), Way.WINDOWED, rows(texts), 3);

        assertThat(result.rows()).hasSameSizeAs(texts).allSatisfy(row -> {
            var id = row.<Integer>getAs("id");
            assertThat(row.<Integer>getAs("tokens"))
                    .isEqualTo(reference.tokenIds().get(id).length);
            assertThat(row.<Boolean>getAs("truncated")).isEqualTo(reference.lostTokens()[id] > 0);
            assertThat(row.<String>getAs("text_hash")).isEqualTo(Sha256.hex(texts.get(id)));
            assertThat(row.<String>getAs("error")).isNull();
        });
        var lost = IntStream.of(reference.lostTokens());
        assertThat(result.counts().get(Count.LOST_TOKENS)).isEqualTo(lost.sum());
        assertThat(result.counts().get(Count.TRUNCATED_ROWS))
                .isEqualTo(
                        IntStream.of(reference.lostTokens()).filter(n -> n > 0).count());
    }

    @Test
    void aTextOfTenMegabytesGetsTheVectorOfItsBeginning() {
        var text = "mule letter 12 ".repeat(700_000);

        var result = run(settings(ENGINE, 4), Way.WINDOWED, rows(List.of(text, text.substring(0, 1_000))), 1);

        assertThat(result.row(0).<String>getAs("error")).isNull();
        assertThat(result.row(0).<Integer>getAs("tokens")).isEqualTo(64);
        assertThat(result.row(0).<Boolean>getAs("truncated")).isTrue();
        assertThat(result.vectorsById().get(0)).isEqualTo(result.vectorsById().get(1));
    }

    @Test
    void anEmptySourceGivesAnEmptyResult() {
        var result = run(settings(ENGINE, 100), Way.WINDOWED, List.of(), 1);

        assertThat(result.rows()).isEmpty();
        assertThat(result.counts().get(Count.ROWS)).isZero();
    }
}
