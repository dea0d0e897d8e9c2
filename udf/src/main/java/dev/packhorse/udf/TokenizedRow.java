package dev.packhorse.udf;

import java.util.Optional;

/**
 * A row on its way from its text to its vector; the text itself is not kept.
 *
 * @param id as it came, perhaps null
 * @param carried the values of the columns that are carried along
 * @param textHash SHA-256 of the text in hex; empty where there is no text
 * @param tokens [length] token ids; length 0 where there is an error
 * @param lostTokens tokens cut off the text's end
 * @param error why there will be no vector
 */
record TokenizedRow(
        Object id, Object[] carried, String textHash, int[] tokens, int lostTokens, Optional<RowError> error) {

    static TokenizedRow failed(Object id, Object[] carried, String textHash, RowError error) {
        return new TokenizedRow(id, carried, textHash, new int[0], 0, Optional.of(error));
    }
}
