package dev.packhorse.udf.rows;

import dev.packhorse.engine.tokenize.TokenizedText;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/**
 * A row on its way from its text to its vector; the text itself is not kept.
 *
 * @param id as it came, perhaps null
 * @param carried the values of the columns that are carried along
 * @param textHash SHA-256 of the whole text in hex; empty where there is no text
 * @param place where in the text this row's chunk is; empty where chunks are not rows, and where there is an error
 * @param pieces what the encoder gets, each for a vector of its own: one, or the chunks whose mean is the row's vector;
 *     none where there is an error
 * @param error why there will be no vector
 */
record TokenizedRow(
        Object id,
        Object[] carried,
        String textHash,
        Optional<Place> place,
        List<TokenizedText> pieces,
        Optional<RowError> error) {

    /**
     * A chunk's place in its text.
     *
     * @param chunk 0, 1, ...
     * @param start in code points
     * @param end in code points, exclusive
     */
    record Place(int chunk, int start, int end) {}

    static TokenizedRow failed(Object id, Object[] carried, String textHash, RowError error) {
        return new TokenizedRow(id, carried, textHash, Optional.empty(), List.of(), Optional.of(error));
    }

    /**
     * What tells a piece from those with other tokens, also of other runs with the same engine. Equal texts that are cut alike
     * have equal chunks, so their hash, how they are cut and the chunk's number do.
     */
    String key(int piece, LongTexts cut) {
        if (place.isEmpty() && pieces.size() <= 1) {
            return textHash;
        }
        var chunk = place.map(Place::chunk).orElse(0) + piece;
        return textHash + ":" + cut.chunkTokens() + ":" + cut.chunkOverlap() + ":" + chunk;
    }

    /** Bytes that the columns carried along are known to take: of rows as Spark's own operators hand them on. */
    long carriedBytes() {
        return carried.length == 1 && carried[0] instanceof UnsafeRow row ? row.getSizeInBytes() : 0;
    }

    /** Tokens of all pieces. */
    int tokens() {
        return pieces.stream().mapToInt(TokenizedText::length).sum();
    }

    /** Tokens of the text that no piece has. */
    int lostTokens() {
        return pieces.stream().mapToInt(TokenizedText::lostTokens).sum();
    }
}
