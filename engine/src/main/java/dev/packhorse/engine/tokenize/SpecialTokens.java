package dev.packhorse.engine.tokenize;

import java.util.Arrays;

/**
 * The special tokens that a tokenizer puts around every text, such as {@code [CLS]} and {@code [SEP]}.
 *
 * @param before [P] ids in front of the text
 * @param after [S] ids behind it
 */
record SpecialTokens(int[] before, int[] after) {

    /**
     * Learns them from one text tokenized with and without special tokens.
     *
     * @throws TokenizerException when the text's own tokens do not stand in one piece between them
     */
    static SpecialTokens probe(int[] with, int[] without, String source) {
        for (var start = 0; start + without.length <= with.length; start++) {
            var end = start + without.length;
            if (without.length > 0 && Arrays.equals(with, start, end, without, 0, without.length)) {
                return new SpecialTokens(
                        Arrays.copyOfRange(with, 0, start), Arrays.copyOfRange(with, end, with.length));
            }
        }
        throw new TokenizerException(
                "%s: expected special tokens before and after a text, found %s for the text's own %s"
                        .formatted(source, Arrays.toString(with), Arrays.toString(without)));
    }

    int count() {
        return before.length + after.length;
    }

    /** The first {@code length} tokens of a text with the special tokens around them. */
    int[] around(int[] content, int length) {
        var ids = Arrays.copyOf(before, count() + length);
        System.arraycopy(content, 0, ids, before.length, length);
        System.arraycopy(after, 0, ids, before.length + length, after.length);
        return ids;
    }
}
