package dev.packhorse.engine.tokenize;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The ids of words where a tokenizer is BERT's, as it is for most models: found in a table of words that were met before, or
 * word by word in the vocabulary, which is many times as fast as the library. What is not plain ASCII is left to that, which is
 * asked once for each word that comes again and again.
 *
 * <p>In such a tokenizer no token reaches over white space, nor, between plain characters, over punctuation, so that a text's ids
 * are those of its words one after the other. Plain characters are the printable ones of ASCII, which its normalizer
 * at most lower-cases, and some quotes and dashes, which it leaves alone. Formats: tokenizers 0.21,
 * {@code normalizers/bert.rs}, {@code pre_tokenizers/bert.rs}, {@code models/wordpiece/mod.rs}.
 *
 * <p>Thread-safe: threads race for places of its table, whose entries never change. It holds at most 20 MB, with English texts some 5.
 */
final class BertWords {

    private static final int PLACES = 1 << 16;

    /** Longer ones are no words of a language, or it is written without spaces; they do not come again. */
    private static final int LONGEST_KEPT = 32; // chars

    /** In the order of {@link #KINDS}. */
    private static final byte OTHER = 0;

    private static final byte SPACE = 1;
    private static final byte LETTER = 2; // or digit
    private static final byte MARK = 3; // a word of its own

    /** Punctuation of Unicode beyond ASCII that English texts are full of; it has no decomposition. */
    private static final String MARKS = "\u2013\u2014\u2018\u2019\u201c\u201d\u2026";

    private static final byte[] KINDS = kinds(); // [0x2027]

    /** @param ids not changed */
    private record Word(String text, int[] ids) {}

    private final Map<String, Integer> vocabulary;
    private final String prefix;
    private final Optional<Integer> unknown;
    private final int longest;
    private final boolean lowerCase;
    private final byte[] kinds; // [0x2027], without those that begin a special token
    private final Word[] words = new Word[PLACES]; // null where none was met
    private final int[] seen = new int[PLACES]; // hashes of what the library was asked for once

    private BertWords(JsonNode model, boolean lowerCase, byte[] kinds) {
        this.vocabulary = new HashMap<>();
        var pieces = model.get("vocab");
        pieces.fieldNames()
                .forEachRemaining(
                        piece -> vocabulary.put(piece, pieces.get(piece).asInt()));
        this.prefix = model.get("continuing_subword_prefix").asText();
        this.unknown = Optional.ofNullable(vocabulary.get(model.get("unk_token").asText()));
        this.longest = model.get("max_input_chars_per_word").asInt();
        this.lowerCase = lowerCase;
        this.kinds = kinds;
    }

    private static byte[] kinds() {
        var kinds = new byte['\u2027'];
        for (var c = '!'; c <= '~'; c++) {
            kinds[c] = Character.isLetterOrDigit(c) ? LETTER : MARK;
        }
        for (var c : new char[] {' ', '\t', '\n', '\r'}) { // others are dropped, and join what stands around them
            kinds[c] = SPACE;
        }
        MARKS.chars().forEach(c -> kinds[c] = MARK);
        return kinds;
    }

    /** That of a tokenizer.json, where it is BERT's; nothing where the least of it is another. */
    static Optional<BertWords> of(JsonNode json) {
        var model = json.path("model");
        var normalizer = json.path("normalizer");
        if (!model.path("type").asText().equals("WordPiece")
                || !normalizer.path("type").asText().equals("BertNormalizer")
                || !json.path("pre_tokenizer").path("type").asText().equals("BertPreTokenizer")
                || !normalizer.path("lowercase").isBoolean()
                || !model.path("vocab").isObject()
                || !model.path("unk_token").isTextual()
                || !model.path("continuing_subword_prefix").isTextual()
                || !model.path("max_input_chars_per_word").isInt()) {
            return Optional.empty();
        }
        var kinds = KINDS.clone();
        for (var token : json.path("added_tokens")) {
            var text = token.path("content").asText();
            if (text.isEmpty() || text.chars().anyMatch(c -> c <= ' ' || c > '~') || KINDS[text.charAt(0)] != MARK) {
                return Optional.empty(); // it may begin anywhere
            }
            kinds[text.charAt(0)] = OTHER;
        }
        return Optional.of(new BertWords(model, normalizer.get("lowercase").asBoolean(), kinds));
    }

    /**
     * Finds the ids of a text.
     *
     * @param ids gets them
     * @param library finds the ids of a piece of the text
     */
    void tokenize(String text, IdBuffer ids, Function<String, long[]> library) {
        var left = -1; // where what is left to the library begins
        for (var i = 0; i < text.length(); ) {
            if (kind(text.charAt(i)) == SPACE) {
                i++;
                continue;
            }
            var start = i;
            var plain = true;
            var hash = 0;
            for (; i < text.length(); i++) {
                var c = text.charAt(i);
                var kind = kind(c);
                if (kind == SPACE) {
                    break;
                }
                plain &= kind != OTHER;
                hash = 31 * hash + c;
            }
            var alone = plain || isAt(words[place(hash)], text, start, i) || comesAgain(hash, i - start);
            if (!alone) {
                left = left < 0 ? start : left;
                continue;
            }
            if (left >= 0) {
                ids.add(library.apply(text.substring(left, start)));
                left = -1;
            }
            if (plain) {
                plain(text, start, i, ids, library);
            } else {
                ids.add(word(text, start, i, hash, word -> ints(library.apply(word))));
            }
        }
        if (left >= 0) {
            ids.add(library.apply(text.substring(left)));
        }
    }

    private byte kind(char c) {
        return c < kinds.length ? kinds[c] : OTHER;
    }

    private static int place(int hash) {
        return (hash ^ hash >>> 16) & PLACES - 1;
    }

    /** Whether a word was met before: those that come once are cheaper left to the library together. */
    private boolean comesAgain(int hash, int length) {
        if (length > LONGEST_KEPT) {
            return false;
        }
        var again = seen[place(hash)] == hash;
        seen[place(hash)] = hash;
        return again;
    }

    /** The ids of a word, from the table where they are there. */
    private int[] word(String text, int start, int end, int hash, Function<String, int[]> find) {
        var known = words[place(hash)];
        if (isAt(known, text, start, end)) {
            return known.ids();
        }
        var word = text.substring(start, end);
        var ids = find.apply(word);
        if (word.length() <= LONGEST_KEPT) {
            words[place(hash)] = new Word(word, ids);
        }
        return ids;
    }

    private static boolean isAt(Word word, String text, int start, int end) {
        return word != null && word.text().length() == end - start && text.startsWith(word.text(), start);
    }

    /** Letters and digits together, marks each alone. */
    private void plain(String text, int start, int end, IdBuffer ids, Function<String, long[]> library) {
        for (var i = start; i < end; ) {
            var from = i;
            var hash = 0;
            while (i < end && kinds[text.charAt(i)] == LETTER) {
                hash = 31 * hash + text.charAt(i++);
            }
            if (i == from) {
                hash = text.charAt(i++);
            }
            ids.add(word(text, from, i, hash, word -> pieces(word).orElseGet(() -> ints(library.apply(word)))));
        }
    }

    /** The longest pieces of the vocabulary from left to right; nothing where the library has to say what is wrong. */
    private Optional<int[]> pieces(String word) {
        var sought = lowerCase ? word.toLowerCase(Locale.ROOT) : word;
        var pieces = new ArrayList<Integer>();
        for (var start = 0; start < sought.length() && sought.length() <= longest; ) {
            var end = sought.length();
            var piece = Optional.<Integer>empty();
            for (; end > start && piece.isEmpty(); end--) {
                var part = sought.substring(start, end);
                piece = Optional.ofNullable(vocabulary.get(start == 0 ? part : prefix + part));
            }
            if (piece.isEmpty()) {
                return unknown();
            }
            pieces.add(piece.get());
            start = end + 1;
        }
        return pieces.isEmpty()
                ? unknown()
                : Optional.of(pieces.stream().mapToInt(Integer::intValue).toArray());
    }

    private Optional<int[]> unknown() {
        return unknown.map(id -> new int[] {id});
    }

    private static int[] ints(long[] ids) {
        return Arrays.stream(ids).mapToInt(id -> (int) id).toArray();
    }
}
