package dev.packhorse.engine.tokenize;

/**
 * Turns a text into the token ids that a model expects. Thread-safe; shared by all tasks of an executor. Whoever opens one
 * closes it, and may close it twice.
 */
public interface Tokenizer extends AutoCloseable {

    /**
     * Tokenizes one text, special tokens included, cut at the maximum length.
     *
     * @param text any string; code units that are not well-formed UTF-16 count as U+FFFD
     * @throws TokenizerException when the text could not be tokenized
     * @throws IllegalStateException when this is closed
     */
    TokenizedText tokenize(String text);

    /**
     * Where the tokens of a whole text begin, whatever its length; nothing that the tokenizer adds to it counts. Slower
     * than {@link #tokenize}: for texts that are to be cut.
     *
     * @return [tokens] indexes of the text's chars, never inside a surrogate pair, each at least the one before; several
     *     tokens may begin at one
     * @throws TokenizerException when the text could not be tokenized
     * @throws IllegalStateException when this is closed
     */
    int[] starts(String text);

    @Override
    void close();
}
