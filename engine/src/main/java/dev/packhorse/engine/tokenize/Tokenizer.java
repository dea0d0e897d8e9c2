package dev.packhorse.engine.tokenize;

/** Turns a text into the token ids that a model expects. Thread-safe; shared by all tasks of an executor. */
public interface Tokenizer extends AutoCloseable {

    /**
     * Tokenizes one text, special tokens included, cut at the maximum length.
     *
     * @param text any string; code units that are not well-formed UTF-16 count as U+FFFD
     * @throws TokenizerException when the text could not be tokenized
     */
    TokenizedText tokenize(String text);

    @Override
    void close();
}
