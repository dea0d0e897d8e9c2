package dev.packhorse.engine.tokenize;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.model.Models;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChunkerTest {

    private static final String TINY =
            Models.find(Fixtures.tinyBert().toString()).tokenizer().text();

    private static Tokenizer tiny(int maxLength) {
        return HuggingFaceTokenizer.open(TINY, "tiny", maxLength);
    }

    private static Tokenizer family(String name) {
        try (var json = ChunkerTest.class.getResourceAsStream("/fixtures/families/" + name + "/tokenizer.json")) {
            return HuggingFaceTokenizer.open(new String(json.readAllBytes(), UTF_8), name, 20);
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    /** Makes as many tokens of each code point as it is told, and adds two to every text. */
    private record Fake(int maxLength, IntUnaryOperator tokensOf) implements Tokenizer {

        @Override
        public TokenizedText tokenize(String text) {
            var tokens = 2 + text.codePoints().map(tokensOf).sum();
            return new TokenizedText(new int[Math.min(maxLength, tokens)], Math.max(0, tokens - maxLength));
        }

        @Override
        public int[] starts(String text) {
            var starts = IntStream.builder();
            for (var at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
                for (var token = 0; token < tokensOf.applyAsInt(text.codePointAt(at)); token++) {
                    starts.add(at);
                }
            }
            return starts.build().toArray();
        }

        @Override
        public void close() {}
    }

    private static List<String> pieces(String text, List<Chunk> chunks) {
        return chunks.stream()
                .map(chunk -> substring(text, chunk.start(), chunk.end()))
                .toList();
    }

    /** As Spark and Python count: by code points. */
    private static String substring(String text, int start, int end) {
        return text.substring(text.offsetByCodePoints(0, start), text.offsetByCodePoints(0, end));
    }

    private static String escaped(String text) {
        return text.chars()
                .mapToObj(c -> c >= ' ' && c <= '~' ? Character.toString(c) : "\\u%04x".formatted(c))
                .collect(Collectors.joining("", "\"", "\""));
    }

    /** What holds for the chunks of every text. */
    private static void check(Tokenizer tokenizer, int chunkTokens, int overlap, String text) {
        var what = "chunks of %d tokens, overlap %d, of %s".formatted(chunkTokens, overlap, escaped(text));
        var chunks = new Chunker(tokenizer, chunkTokens, overlap).chunk(text);
        assertThat(chunks).as(what).isNotEmpty();
        if (chunks.size() == 1 && chunks.get(0).end() == text.codePointCount(0, text.length())) {
            return;
        }
        var covered = 0;
        var start = -1;
        for (var chunk : chunks) {
            var piece = substring(text, chunk.start(), chunk.end());
            assertThat(piece).as(what).isNotEmpty();
            assertThat(CutPlaces.isSpace(piece.charAt(0)) || CutPlaces.isSpace(piece.charAt(piece.length() - 1)))
                    .as("white space around %s: %s", escaped(piece), what)
                    .isFalse();
            var alone = tokenizer.tokenize(piece);
            assertThat(chunk.tokens().ids()).as(what).isEqualTo(alone.ids());
            assertThat(chunk.tokens().lostTokens()).as(what).isEqualTo(alone.lostTokens());
            assertThat((!alone.truncated() && alone.length() <= chunkTokens)
                            || piece.codePointCount(0, piece.length()) == 1)
                    .as("%s fits: %s", escaped(piece), what)
                    .isTrue();
            assertThat(chunk.start()).as(what).isGreaterThan(start);
            assertThat(chunk.end()).as(what).isGreaterThan(covered);
            if (overlap == 0 || chunk.start() >= covered) {
                assertThat(substring(text, covered, chunk.start()).chars())
                        .as(what)
                        .allMatch(CutPlaces::isSpace);
            }
            start = chunk.start();
            covered = chunk.end();
        }
        assertThat(substring(text, covered, text.codePointCount(0, text.length()))
                        .chars())
                .as(what)
                .allMatch(CutPlaces::isSpace);
    }

    @Test
    void aTextThatFitsIsOneChunkAsItIs() {
        try (var tokenizer = tiny(64)) {
            var chunks = new Chunker(tokenizer, 64, 0).chunk(" dog \ud83d\ude00 mule\n");

            assertThat(chunks).hasSize(1);
            assertThat(chunks.get(0).start()).isZero();
            assertThat(chunks.get(0).end()).isEqualTo(12);
            assertThat(chunks.get(0).tokens().ids())
                    .isEqualTo(tokenizer.tokenize(" dog \ud83d\ude00 mule\n").ids());
        }
    }

    @Test
    void cutsAreAtWhiteSpaceAndOffsetsAreCodePoints() {
        try (var tokenizer = tiny(64)) {
            var text = "  Dog \ud83d\ude00 dog\r\nDÓG do\u0301g dog dog ";

            var chunks = new Chunker(tokenizer, 5, 0).chunk(text);

            assertThat(pieces(text, chunks)).containsExactly("Dog \ud83d\ude00 dog", "DÓG do\u0301g dog", "dog");
            assertThat(chunks.stream().map(chunk -> List.of(chunk.start(), chunk.end())))
                    .containsExactly(List.of(2, 11), List.of(13, 25), List.of(26, 29));
        }
    }

    @Test
    void withoutWhiteSpaceCutsAreBetweenTokens() {
        try (var tokenizer = tiny(64)) {
            assertThat(pieces("世界世界世界世", new Chunker(tokenizer, 5, 0).chunk("世界世界世界世")))
                    .containsExactly("世界世", "界世界", "世");
        }
        var emoji = "\ud83d\ude00".repeat(7);
        assertThat(pieces(emoji, new Chunker(new Fake(64, c -> 4), 11, 0).chunk(emoji)))
                .containsExactly(
                        "\ud83d\ude00\ud83d\ude00",
                        "\ud83d\ude00\ud83d\ude00",
                        "\ud83d\ude00\ud83d\ude00",
                        "\ud83d\ude00");
    }

    @Test
    void whiteSpaceOfAPiecesFirstHalfIsNoPlaceToCut() {
        assertThat(pieces("ab cdefghijkl", new Chunker(new Fake(64, c -> 1), 12, 0).chunk("ab cdefghijkl")))
                .containsExactly("ab cdefghi", "jkl");
        assertThat(pieces("ab cdef ghijkl", new Chunker(new Fake(64, c -> 1), 12, 0).chunk("ab cdef ghijkl")))
                .containsExactly("ab cdef", "ghijkl");
    }

    @Test
    void aPieceRepeatsTheEndOfTheOneBeforeFromAWordOn() {
        var chunker = new Chunker(new Fake(64, c -> c == ' ' ? 0 : 1), 10, 3);
        var text = "aa bb cc dd ee ff gg";

        assertThat(pieces(text, chunker.chunk(text))).containsExactly("aa bb cc dd", "dd ee ff gg");
        assertThat(pieces("abcdefghijklm", chunker.chunk("abcdefghijklm")))
                .as("without words, from a token on")
                .containsExactly("abcdefgh", "fghijklm");
    }

    @Test
    void aCharacterThatMakesMoreTokensThanFitIsAPieceOfItsOwn() {
        var fake = new Fake(8, c -> c == 'x' ? 20 : c == 'y' ? 5 : 1);

        var chunks = new Chunker(fake, 6, 0).chunk("abxxcy");

        assertThat(pieces("abxxcy", chunks)).containsExactly("ab", "x", "x", "c", "y");
        assertThat(chunks.stream().map(chunk -> chunk.tokens().lostTokens())).containsExactly(0, 14, 14, 0, 0);
        assertThat(chunks.get(4).tokens().length())
                .as("the model reads it whole")
                .isEqualTo(7);
    }

    @Test
    void piecesWithMoreTokensThanTheTextPromisedAreShortened() {
        // says that there is one token, and finds one in every character
        var liar = new Tokenizer() {
            private final Tokenizer honest = new Fake(64, c -> 1);

            @Override
            public TokenizedText tokenize(String text) {
                return honest.tokenize(text);
            }

            @Override
            public int[] starts(String text) {
                return new int[] {0};
            }

            @Override
            public void close() {}
        };
        check(liar, 10, 0, "abcdefghijklmnopqrstuvwxyz abcdefghijklmnop");
        check(liar, 10, 3, "abcdefghijklmnopqrstuvwxyz abcdefghijklmnop");
    }

    @Test
    void aTextOfWhiteSpaceIsOneChunk() {
        var chunks = new Chunker(new Fake(8, c -> 1), 8, 0).chunk(" \n\u3000".repeat(10));

        assertThat(chunks).hasSize(1);
        assertThat(chunks.get(0).end()).isEqualTo(30);
        assertThat(chunks.get(0).tokens().lostTokens()).isEqualTo(24);
    }

    @Test
    void thePiecesOfAnyTextCoverItInOrder() {
        var random = Seeds.random();
        var tokenizers = new ArrayList<Tokenizer>(List.of(
                tiny(20),
                family("xlm-roberta"), // unigrams
                family("modernbert"), // pairs of bytes
                family("roberta"),
                family("mpnet"),
                HuggingFaceTokenizer.open(TINY, "sliced", 20, 50),
                new Fake(20, c -> 1),
                new Fake(20, c -> Character.toString(c).getBytes(UTF_8).length),
                new Fake(20, c -> c % 3),
                new Fake(20, c -> c % 40)));
        for (var round = 0; round < 800; round++) {
            var text = RandomTexts.any(random, 120);
            var tokenizer = tokenizers.get(round % tokenizers.size());
            var chunkTokens = random.nextInt(5, 21);
            var most = (chunkTokens - 4) / 2;
            check(tokenizer, chunkTokens, random.nextInt(4) == 0 && most > 0 ? random.nextInt(most + 1) : 0, text);
        }
        tokenizers.forEach(Tokenizer::close);
    }

    @Test
    void aTextOfManySlicesIsCutToItsEnd() {
        var text = "Mule \ud83d\ude00 letter do\u0301g\r\n".repeat(15_000);
        try (var tokenizer = tiny(64)) {
            var chunks = new Chunker(tokenizer, 64, 0).chunk(text);

            assertThat(String.join(
                            "",
                            pieces(text, chunks).stream()
                                    .map(piece -> piece.replaceAll("\\s", ""))
                                    .toList()))
                    .isEqualTo(text.replaceAll("\\s", ""));
            assertThat(chunks)
                    .allSatisfy(chunk -> assertThat(chunk.tokens().truncated()).isFalse());
            assertThat(chunks.stream()
                            .mapToInt(chunk -> chunk.tokens().length())
                            .average()
                            .orElseThrow())
                    .as("tokens of a chunk")
                    .isGreaterThan(55);
        }
    }

    @Test
    void startsAreCharsOfTheTextAsItIs() {
        try (var tokenizer = tiny(64)) {
            assertThat(tokenizer.starts("É \ud83d\ude00 do\u0301g\r\n世界 dog")).containsExactly(0, 2, 5, 11, 12, 14);
            assertThat(tokenizer.starts("\ud800 dog"))
                    .as("this tokenizer drops U+FFFD")
                    .containsExactly(2);
            assertThat(tokenizer.starts("")).isEmpty();
        }
        try (var sliced = HuggingFaceTokenizer.open(TINY, "sliced", 64, 8)) {
            assertThat(sliced.starts("\ud83d\ude00 dog \ud83d\ude00 dog dog")).containsExactly(0, 3, 7, 10, 14);
        }
    }

    @Test
    void aClosedTokenizerSaysSo() {
        var tokenizer = tiny(64);
        tokenizer.close();

        assertThatThrownBy(() -> tokenizer.starts("dog"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the tokenizer is closed");
    }

    @Test
    void chunksWithoutRoomAreRefused() {
        assertThatThrownBy(() -> new Chunker(new Fake(64, c -> 1), 2, 0))
                .isInstanceOf(TokenizerException.class)
                .hasMessage(
                        "--chunk-tokens: expected more than the 2 tokens that are added to every text, found 2; set it higher");
        assertThatThrownBy(() -> new Chunker(new Fake(64, c -> 1), 12, 5))
                .isInstanceOf(TokenizerException.class)
                .hasMessage(
                        "--chunk-overlap: expected less than half of the 10 tokens that --chunk-tokens 12 leaves for a text, found 5; set it lower");
        assertThat(Arrays.asList(3, 4)).allSatisfy(overlap -> new Chunker(new Fake(64, c -> 1), 12, overlap));
    }
}
