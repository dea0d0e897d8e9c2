package dev.packhorse.engine.tokenize;

import java.util.Arrays;

/** Where a text may be cut: all indexes are chars of the text, and all tokens are those of the whole text. */
final class CutPlaces {

    private final String text;
    private final int[] starts;

    /** @param starts [tokens] as {@link Tokenizer#starts} says */
    CutPlaces(String text, int[] starts) {
        this.text = text;
        this.starts = starts;
    }

    /** The first place at or after an index that is no white space; the text's end where there is none. */
    int skipSpace(int from) {
        var at = from;
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /**
     * The end of a piece that begins at {@code start}, which is no white space, and has about {@code tokens} tokens: at
     * the last white space of its second half, or else between two tokens. At least one character; no white space at its
     * end.
     */
    int end(int start, int tokens) {
        var first = tokenAt(start);
        if (first + tokens >= starts.length) {
            return withoutSpace(start, text.length());
        }
        // several tokens may be of one character
        var limit = Math.max(starts[first + tokens], text.offsetByCodePoints(start, 1));
        var half = Math.max(start, starts[first + tokens / 2]);
        for (var cut = limit; cut > half; cut--) {
            if (isBesideSpace(cut)) {
                return withoutSpace(start, cut);
            }
        }
        return withoutSpace(start, limit);
    }

    /** The end of the first half of a piece, in characters; at least one character. */
    int half(int start, int end) {
        var middle = start + (end - start) / 2;
        if (Character.isLowSurrogate(text.charAt(middle)) && Character.isHighSurrogate(text.charAt(middle - 1))) {
            middle--;
        }
        return withoutSpace(start, Math.max(middle, text.offsetByCodePoints(start, 1)));
    }

    /** Where a piece begins that repeats up to {@code tokens} tokens of what ends at {@code end}: at a word if it can. */
    int overlap(int end, int tokens) {
        if (starts.length == 0) {
            return end;
        }
        var from = skipSpace(starts[Math.max(0, firstTokenFrom(end) - tokens)]);
        for (var at = from; at < end; at++) {
            if (isBesideSpace(at) && !isSpace(text.charAt(at))) {
                return at;
            }
        }
        return from;
    }

    /** The token of which {@code at} is a part, the first one where there are several. */
    private int tokenAt(int at) {
        var next = firstTokenFrom(at + 1);
        return next == 0 ? 0 : firstTokenFrom(starts[next - 1]);
    }

    /** The first token that begins at {@code at} or behind it; their number where none does. */
    private int firstTokenFrom(int at) {
        var found = Arrays.binarySearch(starts, at);
        if (found < 0) {
            return -found - 1;
        }
        while (found > 0 && starts[found - 1] == at) {
            found--;
        }
        return found;
    }

    private int withoutSpace(int start, int end) {
        var at = end;
        while (at > start + 1 && isSpace(text.charAt(at - 1))) {
            at--;
        }
        return at;
    }

    private boolean isBesideSpace(int at) {
        return at == 0 || at == text.length() || isSpace(text.charAt(at)) || isSpace(text.charAt(at - 1));
    }

    /** What Unicode calls white space: Java's, and those that do not break a line. */
    static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }
}
