package dev.packhorse.engine.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Fixtures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DjlTokenizerTest {

    @ParameterizedTest
    @ValueSource(strings = {"all-minilm-l6-v2", "bge-small-en-v1.5", "tiny-bert"})
    void idsAreThoseOfTheReference(String model) {
        var reference = Fixtures.reference(model);
        var texts = Fixtures.texts();
        try (var tokenizer = DjlTokenizer.open(HuggingFaceTokenizerTest.json(model), reference.maxSeqLength())) {
            for (var i = 0; i < texts.size(); i++) {
                assertThat(tokenizer.tokenize(texts.get(i)).ids())
                        .isEqualTo(reference.tokenIds().get(i));
            }
        }
    }

    @Test
    void whatIsNoTokenizerIsRefused() {
        assertThatThrownBy(() -> DjlTokenizer.open("{}", 64))
                .isInstanceOf(TokenizerException.class)
                .hasMessageStartingWith("DJL's tokenizer could not be opened: ");
    }

    @Test
    void itIsThereToBeMeasured() {
        try (var tokenizer = DjlTokenizer.open(HuggingFaceTokenizerTest.json("tiny-bert"), 64)) {
            assertThatThrownBy(() -> tokenizer.starts("dog"))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage("DJL's tokenizer is here to be measured");
        }
    }
}
