package dev.packhorse.engine.tokenize;

/**
 * A text as the model reads it.
 *
 * @param ids [length] token ids, special tokens included; not copied, treat as immutable
 * @param lostTokens how many tokens of the text were cut off because it was longer than the model reads
 */
public record TokenizedText(int[] ids, int lostTokens) {

    /** Tokens that the encoder sees. */
    public int length() {
        return ids.length;
    }

    /** Whether the model reads less than the whole text. */
    public boolean truncated() {
        return lostTokens > 0;
    }
}
