package dev.packhorse.engine.tokenize;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits very long texts, so that tokenizing 10 MB takes the native memory of one slice and not of the whole.
 *
 * <p>A cut falls in front of a white space character, where a tokenizer would cut anyway: the tokens of the slices, one
 * after the other, are the tokens of the whole. Only a run of more than {@code maxChars} characters without any white
 * space is cut inside (never inside a surrogate pair); the tokens at that one place may then differ.
 */
final class TextSlices {

    private TextSlices() {}

    /** The text in slices of at most {@code maxChars} characters (at least 2); the text itself where it is short enough. */
    static List<String> of(String text, int maxChars) {
        if (text.length() <= maxChars) {
            return List.of(text);
        }
        var slices = new ArrayList<String>();
        for (var start = 0; start < text.length(); ) {
            var end = cut(text, start, maxChars);
            slices.add(text.substring(start, end));
            start = end;
        }
        return slices;
    }

    private static int cut(String text, int start, int maxChars) {
        var limit = start + maxChars;
        if (limit >= text.length()) {
            return text.length();
        }
        for (var i = limit; i > start; i--) {
            if (endsWords(text.charAt(i))) {
                return i;
            }
        }
        return Character.isLowSurrogate(text.charAt(limit)) && Character.isHighSurrogate(text.charAt(limit - 1))
                ? limit - 1
                : limit;
    }

    /** Not so vertical tab, form feed and the like: BERT's tokenizers drop them, and join what stands around them. */
    private static boolean endsWords(char c) {
        return Character.isWhitespace(c) && (!Character.isISOControl(c) || c == '\t' || c == '\n' || c == '\r');
    }
}
