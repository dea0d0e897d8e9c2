package dev.packhorse.stores.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;

/**
 * What the server would refuse in a text or in JSON. One such row ends the transaction of a whole task, so they are found before
 * they are sent. Thread-safe.
 */
final class Texts {

    /** An entry of an index of ids has at most 2704 bytes (PostgreSQL's nbtree.h, BTMaxItemSize), its header among them. */
    static final int LONGEST_ID = 2600; // bytes

    /** numeric has 131072 digits in front of the point and 16383 behind; what no one writes is refused well before. */
    private static final int LONGEST_NUMBER = 1000; // characters, and the greatest exponent

    private static final JsonFactory JSON = new JsonFactory();

    private Texts() {}

    /** Why an id, if it is a text, cannot be a key. */
    static Optional<String> whyNoId(int length) {
        return length > LONGEST_ID
                ? Optional.of("expected an id of at most %d bytes, as an index of PostgreSQL takes, found %d"
                        .formatted(LONGEST_ID, length))
                : Optional.empty();
    }

    /**
     * Why bytes are no text of PostgreSQL.
     *
     * @param column for the reason
     */
    static Optional<String> whyNoText(String column, byte[] bytes, int from, int length) {
        var plain = true;
        for (var i = from; i < from + length; i++) {
            plain &= bytes[i] > 0; // ASCII without NUL
        }
        if (plain) {
            return Optional.empty();
        }
        for (var i = from; i < from + length; i++) {
            if (bytes[i] == 0) {
                return Optional.of(noNul(column));
            }
        }
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, length));
            return Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.of("expected UTF-8 in %s, found bytes that are none".formatted(column));
        }
    }

    private static String noNul(String column) {
        return "expected a text without NUL characters (\\u0000), which PostgreSQL does not store, found one in "
                + column;
    }

    /** Why bytes, which are a text, are no jsonb of PostgreSQL. */
    static Optional<String> whyNoJson(String column, byte[] bytes, int from, int length) {
        if (length == 2 && bytes[from] == '{' && bytes[from + 1] == '}') {
            return Optional.empty();
        }
        try (var parser = JSON.createParser(bytes, from, length)) {
            if (parser.nextToken() == null) {
                return Optional.of("expected JSON in %s, found nothing".formatted(column));
            }
            for (var depth = 0; ; parser.nextToken()) {
                var token = parser.currentToken();
                var why = whyNot(column, token, parser);
                if (why.isPresent()) {
                    return why;
                }
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (depth == 0) {
                    return parser.nextToken() == null
                            ? Optional.empty()
                            : Optional.of("expected one JSON value in %s, found more".formatted(column));
                }
            }
        } catch (IOException e) {
            return Optional.of("expected JSON in %s, found another text".formatted(column));
        }
    }

    private static Optional<String> whyNot(String column, JsonToken token, JsonParser parser) throws IOException {
        if (token == null) {
            return Optional.of("expected JSON in %s, found the beginning of some".formatted(column));
        }
        if (token.isNumeric()) {
            return whyNoNumber(column, parser.getText());
        }
        return token == JsonToken.FIELD_NAME || token == JsonToken.VALUE_STRING
                ? whyNoString(column, parser.getText())
                : Optional.empty();
    }

    private static Optional<String> whyNoNumber(String column, String number) {
        var e = Math.max(number.indexOf('e'), number.indexOf('E'));
        var exponent = e < 0 ? "0" : number.substring(e + 1).replaceFirst("^[+-]?0*", "0");
        var fits = number.length() <= LONGEST_NUMBER
                && exponent.length() <= 5
                && Integer.parseInt(exponent) <= LONGEST_NUMBER;
        return fits
                ? Optional.empty()
                : Optional.of("expected numbers of at most %d digits in %s, found a longer one"
                        .formatted(LONGEST_NUMBER, column));
    }

    private static Optional<String> whyNoString(String column, String text) {
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c == 0) {
                return Optional.of(noNul(column));
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return Optional.of("expected whole characters in %s, found half of a surrogate pair".formatted(column));
            }
        }
        return Optional.empty();
    }
}
