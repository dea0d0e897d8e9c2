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
 * The ids of words where a tokenizer is BERT's, as most models' are: found in a table of words that were met before, or piece by
 * piece in the vocabulary, which is many times as fast as the library. Words with other letters than ASCII's are left to that,
 * which is asked for each that comes again once, and for others together.
 *
 * <p>In such a tokenizer no token reaches over white space, nor over ASCII's punctuation where no special token may begin, so that
 * a text's ids are those of its words one after the other. Of the printable characters of ASCII its normalizer at most lower-cases
 * some, and the quotes and dashes of {@link #MARKS} it leaves alone. Formats: tokenizers 0.21, {@code normalizers/bert.rs}, {@code
 * pre_tokenizers/bert.rs}, {@code models/wordpiece/mod.rs}.
 *
 * <p>Thread-safe: threads race for places of its table, whose entries never change. It holds at most 20 MB, with English texts
 * some 5.
 */
final class BertWords {

    private static final int PLACES = 1 << 16;

    /** Longer ones are no words of a language, or it is written without spaces; they do not come again. */
    private static final int LONGEST_KEPT = 32; // chars

    private static final int NOTHING = -1;

    // kinds of characters; no enum, for each character of each text is looked up
    private static final byte OTHER = 0;
    private static final byte SPACE = 1;
    private static final byte LETTER = 2; // or digit
    private static final byte MARK = 3; // a word of its own
    private static final byte SPECIAL = 4; // special tokens may begin with it

    /** Punctuation of Unicode beyond ASCII that English texts are full of; it has no decomposition. */
    private static final String MARKS = "\u2013\u2014\u2018\u2019\u201c\u201d\u2026";

    private static final byte[] KINDS = kinds(); // [0x2027], without SPECIAL

    /** @param ids not changed */
    private record Word(String text, int[] ids) {}

    private final Map<String, Integer> vocabulary;
    private final String prefix;
    private final Optional<Integer> unknown;
    private final int longest;
    private final boolean lowerCase;
    private final byte[] kinds; // [0x2027]
    private final byte other; // OTHER, or SPECIAL where they may be
    private final Word[] words = new Word[PLACES]; // null where none was met
    private final int[] seen = new int[PLACES]; // hashes of what the library was asked for once

    private BertWords(JsonNode model, boolean lowerCase, byte[] kinds, byte other) {
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
        this.other = other;
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
        var other = OTHER;
        for (var token : json.path("added_tokens")) {
            var text = token.path("content").asText();
            if (text.isEmpty() || text.chars().anyMatch(c -> c <= ' ' || c > '~') || KINDS[text.charAt(0)] != MARK) {
                return Optional.empty(); // it may begin anywhere
            }
            kinds[text.charAt(0)] = SPECIAL;
            if (token.path("normalized").asBoolean(true)) {
                other = SPECIAL; // it is sought where other characters may have become its own
            }
        }
        return Optional.of(new BertWords(model, normalizer.get("lowercase").asBoolean(), kinds, other));
    }

    /**
     * Finds the ids of a text.
     *
     * @param ids gets them
     * @param library finds the ids of a piece of the text
     */
    void tokenize(String text, IdBuffer ids, Function<String, long[]> library) {
        var left = NOTHING; // where what is left to the library begins
        for (var i = 0; i < text.length(); ) {
            var start = i;
            var whole = false;
            var kind = SPACE;
            for (; i < text.length() && (kind = kind(text.charAt(i))) != SPACE; i++) {
                whole |= kind == SPECIAL;
            }
            left = whole ? word(text, start, i, false, left, ids, library) : words(text, start, i, left, ids, library);
            i++;
        }
        leave(text, left, text.length(), ids, library);
    }

    /** What stands between spaces: letters together, marks each alone. The same parameters, and what is left. */
    private int words(String text, int start, int end, int before, IdBuffer ids, Function<String, long[]> library) {
        var left = before;
        for (var i = start; i < end; ) {
            var from = i;
            var plain = true;
            for (var kind = LETTER; i < end && (kind = kind(text.charAt(i))) != MARK; i++) {
                plain &= kind == LETTER;
            }
            if (i > from) {
                left = word(text, from, i, plain, left, ids, library);
            } else if (left >= 0) {
                i++; // no reason to ask the library twice
            } else {
                left = word(text, from, ++i, true, left, ids, library);
            }
        }
        return left;
    }

    /** Gives the ids of a word, where they are known or can be found here, else leaves it to the library; what is left. */
    private int word(
            String text, int start, int end, boolean plain, int left, IdBuffer ids, Function<String, long[]> library) {
        if (start == end) {
            return left;
        }
        var hash = 0;
        for (var i = start; i < end; i++) {
            hash = 31 * hash + text.charAt(i);
        }
        var known = words[place(hash)];
        if (!isAt(known, text, start, end)) {
            if (!plain && !comesAgain(hash, end - start)) {
                return left < 0 ? start : left;
            }
            var word = text.substring(start, end);
            var found = plain ? pieces(word) : Optional.<int[]>empty();
            known = new Word(word, found.orElseGet(() -> ints(library.apply(word))));
            if (word.length() <= LONGEST_KEPT) {
                words[place(hash)] = known;
            }
        }
        leave(text, left, start, ids, library);
        ids.add(known.ids());
        return NOTHING;
    }

    private static void leave(String text, int from, int to, IdBuffer ids, Function<String, long[]> library) {
        if (from >= 0) {
            ids.add(library.apply(text.substring(from, to)));
        }
    }

    private byte kind(char c) {
        var kind = c < kinds.length ? kinds[c] : OTHER;
        return kind == OTHER ? other : kind;
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

    private static boolean isAt(Word word, String text, int start, int end) {
        return word != null && word.text().length() == end - start && text.startsWith(word.text(), start);
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
