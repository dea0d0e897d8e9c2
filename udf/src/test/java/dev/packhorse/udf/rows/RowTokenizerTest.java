package dev.packhorse.udf.rows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.tokenize.TokenizedText;
import dev.packhorse.engine.tokenize.TokenizerException;
import dev.packhorse.udf.TinyBert;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.Counts;
import dev.packhorse.udf.options.EncodeOptions.EmptyText;
import dev.packhorse.udf.options.EncodeOptions.OnError;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;

/** Tokenizers that fail on one text. */
class RowTokenizerTest {

    private final Counts counts = new Counts();

    private TokenizedRow tokenized(Function<String, TokenizedText> tokenizer, String text) {
        var settings = new EmbedSettings(
                TinyBert.freshSettings(),
                100,
                1 << 20,
                OnError.ROW,
                EmptyText.ERROR,
                "id",
                "text",
                LongTexts.TRUNCATED);
        return new RowTokenizer(tokenizer, Optional.empty(), settings, counts)
                .apply(RowFactory.create(7L, text, null))
                .get(0);
    }

    private static TokenizedText failingOnBad(String text, RuntimeException failure) {
        if (text.equals("bad")) {
            throw failure;
        }
        return new TokenizedText(new int[] {1, 2}, 0);
    }

    @Test
    void aTokenizersOwnFailureIsAnErrorOfItsRow() {
        Function<String, TokenizedText> tokenizer =
                text -> failingOnBad(text, new TokenizerException("the tokenizer failed: no such word"));

        assertThat(tokenized(tokenizer, "bad").error())
                .contains(
                        new RowError(
                                Count.ERROR_TOKENIZER,
                                "text in column 'text' of the row with id '7' could not be tokenized: the tokenizer failed: no such word"));
        assertThat(tokenized(tokenizer, "good").error()).isEmpty();
        assertThat(counts.get(Count.ROWS)).isEqualTo(2);
    }

    @Test
    void anyOtherFailureOfOneTextIsAnErrorOfItsRowToo() {
        Function<String, TokenizedText> tokenizer =
                text -> failingOnBad(text, new IndexOutOfBoundsException("Index 9 out of bounds for length 9"));

        assertThat(tokenized(tokenizer, "bad").error())
                .contains(
                        new RowError(
                                Count.ERROR_TOKENIZER,
                                "text in column 'text' of the row with id '7' could not be tokenized: java.lang.IndexOutOfBoundsException: Index 9 out of bounds for length 9"));
        assertThat(tokenized(tokenizer, "good").error()).isEmpty();
    }
}
