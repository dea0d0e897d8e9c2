package dev.packhorse.engine;

import dev.packhorse.engine.model.TextPreparation;
import dev.packhorse.engine.tokenize.TokenizedText;
import dev.packhorse.engine.tokenize.Tokenizer;

/**
 * A tokenizer of texts that are prepared first. A prompt counts as the text, but for where tokens begin: a piece of a
 * long text gets the prompt like any other text.
 *
 * @param tokenizer closed with this
 */
record PreparedTokenizer(Tokenizer tokenizer, TextPreparation texts) implements Tokenizer {

    @Override
    public TokenizedText tokenize(String text) {
        return tokenizer.tokenize(texts.apply(text));
    }

    @Override
    public int[] starts(String text) {
        return tokenizer.starts(text);
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
