package dev.packhorse.engine.tokenize;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts texts that are too long into pieces that are not.
 *
 * <p>A piece is a text of its own: its tokens are what the tokenizer makes of it alone. Pieces begin and end with what is
 * no white space, follow the text's order, and leave nothing out but white space. Cuts are made at white space where the
 * second half of a piece has some, else between tokens, never inside a character. A single character that makes more
 * tokens than fit is a piece, and as long as it is: cut only where the model reads no further. Thread-safe.
 */
public final class Chunker {

    private final Tokenizer tokenizer;
    private final int chunkTokens;
    private final int overlap;
    private final int room;

    /**
     * @param tokenizer stays the caller's to close, once nothing is cut any more
     * @param chunkTokens the most tokens of a piece, all that the tokenizer adds to a text included
     * @param overlap how many tokens of a piece's end the next one repeats at most; it begins at a word where it can
     * @throws TokenizerException when a piece would have no room for a token, or the overlap takes half of it or more
     */
    public Chunker(Tokenizer tokenizer, int chunkTokens, int overlap) {
        this.tokenizer = tokenizer;
        this.chunkTokens = chunkTokens;
        this.overlap = overlap;
        var added = tokenizer.tokenize("").length();
        this.room = chunkTokens - added;
        if (room < 1) {
            throw new TokenizerException(
                    "--chunk-tokens: expected more than the %d tokens that are added to every text, found %d; set it higher"
                            .formatted(added, chunkTokens));
        }
        if (2 * overlap >= room) {
            throw new TokenizerException(
                    "--chunk-overlap: expected less than half of the %d tokens that --chunk-tokens %d leaves for a text, found %d; set it lower"
                            .formatted(room, chunkTokens, overlap));
        }
    }

    /** A piece by the text's chars. */
    private record Piece(int start, int end, TokenizedText tokens) {}

    /**
     * The pieces of a text; the text itself as it is where it fits, or is white space.
     *
     * @return at least one
     * @throws TokenizerException when the text could not be tokenized
     */
    public List<Chunk> chunk(String text) {
        var whole = tokenizer.tokenize(text);
        if (fits(whole) || text.chars().allMatch(CutPlaces::isSpace)) {
            return List.of(new Chunk(0, text.codePointCount(0, text.length()), whole));
        }
        var places = new CutPlaces(text, tokenizer.starts(text));
        var chunks = new ArrayList<Chunk>();
        var at = 0; // the last piece's start in chars, and in code points
        var codePoints = 0;
        var start = places.skipSpace(0);
        var covered = start; // before it all is in pieces
        while (covered < text.length()) {
            var piece = piece(text, places, start);
            if (piece.end() <= covered && start < covered) {
                piece = piece(text, places, covered); // the overlap left no room for anything new
            }
            codePoints += text.codePointCount(at, piece.start());
            at = piece.start();
            chunks.add(new Chunk(
                    codePoints, codePoints + text.codePointCount(piece.start(), piece.end()), piece.tokens()));
            covered = places.skipSpace(piece.end());
            start = overlap == 0
                    ? covered
                    : Math.min(covered, Math.max(piece.start(), places.overlap(piece.end(), overlap)));
        }
        return chunks;
    }

    private boolean fits(TokenizedText tokens) {
        return !tokens.truncated() && tokens.length() <= chunkTokens;
    }

    /** The longest piece that fits, as far as the whole text's tokens tell; each further try is shorter. */
    private Piece piece(String text, CutPlaces places, int start) {
        var allowed = room;
        var end = places.end(start, allowed);
        while (true) {
            var tokens = tokenizer.tokenize(text.substring(start, end));
            if (fits(tokens) || end == text.offsetByCodePoints(start, 1)) {
                return new Piece(start, end, tokens);
            }
            var excess = tokens.length() + tokens.lostTokens() - chunkTokens;
            allowed = Math.max(1, allowed - Math.max(excess, allowed / 8));
            var shorter = places.end(start, allowed);
            end = shorter < end ? shorter : places.half(start, end);
        }
    }
}
