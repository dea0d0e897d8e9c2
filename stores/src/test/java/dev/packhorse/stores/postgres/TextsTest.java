package dev.packhorse.stores.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextsTest {

    private static Optional<String> whyNoJson(String text) {
        var bytes = ("##" + text + "##").getBytes(UTF_8); // what stands around it is not looked at
        return Texts.whyNoJson("metadata", bytes, 2, bytes.length - 4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                " {\"a\":[1,2.5e10,-3,true,null,\"x\"]} ",
                "\"\\\\u0000\"",
                "{\"\\u00e9\":\"\\ud83d\\udc0e 🐎\"}",
                "1e1000",
                "1e-0000000000000000007",
                "\"text\""
            })
    void jsonPasses(String text) {
        assertThat(whyNoJson(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"a":"\\u0000"}     | expected a text without NUL characters (\\u0000), which PostgreSQL does not store, found one in metadata
                    {"\\u0000":1}       | expected a text without NUL characters (\\u0000), which PostgreSQL does not store, found one in metadata
                    {"a":"\\ud83d"}     | expected whole characters in metadata, found half of a surrogate pair
                    {"a":"\\udc0e x"}   | expected whole characters in metadata, found half of a surrogate pair
                    {"a":1e1001}        | expected numbers of at most 1000 digits in metadata, found a longer one
                    {"a":1e-999999999}  | expected numbers of at most 1000 digits in metadata, found a longer one
                    {"a":NaN}           | expected JSON in metadata, found another text
                    {'a':1}             | expected JSON in metadata, found another text
                    {"a":1              | expected JSON in metadata, found another text
                    {} {}               | expected one JSON value in metadata, found more
                    hello               | expected JSON in metadata, found another text
                    '   '               | expected JSON in metadata, found nothing
                    """, quoteCharacter = '`')
    void whatIsNoJsonbIsToldOf(String text, String why) {
        assertThat(whyNoJson(text.replace("'   '", "   "))).contains(why);
    }

    @Test
    void textsAreUtf8WithoutNul() {
        for (var text : new String[] {"", "a", "é漢字🐎", "\t\n\u0001"}) {
            var bytes = text.getBytes(UTF_8);
            assertThat(Texts.whyNoText("title", bytes, 0, bytes.length)).isEmpty();
        }
        assertThat(Texts.whyNoText("title", new byte[] {'a', 0}, 0, 2))
                .contains(
                        "expected a text without NUL characters (\\u0000), which PostgreSQL does not store, found one in title");
        assertThat(Texts.whyNoText("title", new byte[] {'a', 0}, 0, 1)).isEmpty();
        assertThat(Texts.whyNoText("title", new byte[] {'a', (byte) 0xc3, 'b'}, 0, 3))
                .contains("expected UTF-8 in title, found bytes that are none");
    }

    @Test
    void anIdFitsIntoAnIndex() {
        assertThat(Texts.whyNoId(2600)).isEmpty();
        assertThat(Texts.whyNoId(2601))
                .contains("expected an id of at most 2600 bytes, as an index of PostgreSQL takes, found 2601");
    }
}
