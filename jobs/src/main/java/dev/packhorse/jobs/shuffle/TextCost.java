package dev.packhorse.jobs.shuffle;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;

/**
 * What a text costs to embed, in tokens of a short text, by its bytes; good enough to balance tasks by.
 *
 * @param mostTokens tokens that the encoder gets at a time: what the model reads, or a chunk
 * @param allOfIt whether it gets the whole text, chunk by chunk
 * @param dimension H, numbers in a token's vector, about
 */
public record TextCost(int mostTokens, boolean allOfIt, int dimension) {

    /** Bytes of UTF-8 for a token: a little more in English, a little less elsewhere. */
    private static final double BYTES_PER_TOKEN = 4;

    /** Tokens that the tokenizer puts around a text. */
    private static final int SPECIAL_TOKENS = 2;

    /** What it costs to read and tokenize a token, over what it costs to encode one; measured: 0.9 to 97. */
    private static final double TOKENIZING = 0.01;

    /**
     * Layers cost 24 H^2 operations a token and attention 4 T H, of which a CPU does half as many in the same time; so
     * attention costs as much as the layers at T = 3 H.
     */
    private static final double ATTENTION = 3;

    /** For a column of texts; what has no text costs as much as the least. */
    public Column of(Column text) {
        var tokens = functions
                .coalesce(functions.octet_length(text), functions.lit(0))
                .divide(BYTES_PER_TOKEN)
                .plus(SPECIAL_TOKENS);
        var together = functions.least(tokens, functions.lit((double) mostTokens)); // in one sequence
        var encoded = allOfIt ? tokens : together;
        return encoded.multiply(together.divide(ATTENTION * dimension).plus(1.0))
                .plus(tokens.multiply(TOKENIZING));
    }
}
