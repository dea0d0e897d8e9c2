package dev.packhorse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.model.ModelOptions;
import dev.packhorse.engine.model.Models;
import dev.packhorse.engine.tokenize.TokenizedText;
import dev.packhorse.engine.tokenize.Tokenizer;
import dev.packhorse.engine.tokenize.TokenizerException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PromptedTokenizerTest {

    /** One that fails on all texts. */
    private static final class Failing implements Tokenizer {
        boolean closed;

        @Override
        public TokenizedText tokenize(String text) {
            throw new TokenizerException("no text will do");
        }

        @Override
        public int[] starts(String text) {
            return new int[0];
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @Test
    void aTokenizerThatFailsOnThePromptIsClosed() {
        var prompted = new ModelOptions(
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.of("query: "),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        var model = Models.find(Fixtures.tinyBert().toString(), prompted, Models::local);
        var tokenizer = new Failing();
        assertThatThrownBy(() -> PromptedTokenizer.of(model, tokenizer))
                .isInstanceOf(TokenizerException.class)
                .hasMessage("no text will do");
        assertThat(tokenizer.closed).isTrue();
    }
}
