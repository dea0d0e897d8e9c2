package dev.packhorse.engine.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.model.Models;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HuggingFaceTokenizerTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** tiny-bert's own file says "cut to 16, pad to 16"; its right maximum is 64. */
    private static final String TINY = json("tiny-bert");

    static String json(String model) {
        var name = model.equals("tiny-bert") ? Fixtures.tinyBert().toString() : model;
        return Models.find(name).tokenizer().text();
    }

    private static Tokenizer tiny() {
        return HuggingFaceTokenizer.open(TINY, "tiny", 64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"all-minilm-l6-v2", "bge-small-en-v1.5", "tiny-bert"})
    void idsAndLostTokensAreThoseOfTheReference(String model) {
        var texts = Fixtures.texts();
        var reference = Fixtures.reference(model);
        try (var tokenizer = HuggingFaceTokenizer.open(json(model), model, reference.maxSeqLength())) {
            for (var i = 0; i < texts.size(); i++) {
                assertSame(
                        tokenizer.tokenize(texts.get(i)),
                        new TokenizedText(reference.tokenIds().get(i), reference.lostTokens()[i]),
                        texts.get(i));
            }
        }
    }

    private static void assertSame(TokenizedText found, TokenizedText expected, String text) {
        assertThat(found.ids()).as(() -> "ids of " + escaped(text)).isEqualTo(expected.ids());
        assertThat(found.lostTokens())
                .as(() -> "lost tokens of " + escaped(text))
                .isEqualTo(expected.lostTokens());
    }

    /** A text that can be pasted into a test. */
    private static String escaped(String text) {
        return text.chars()
                .mapToObj(c -> c >= ' ' && c <= '~' ? Character.toString(c) : "\\u%04x".formatted(c))
                .collect(Collectors.joining("", "\"", "\""));
    }

    @Test
    void truncationAndPaddingOfTheFileAreIgnored() {
        assertThat(TINY).contains("\"max_length\": 16", "\"Fixed\": 16");
        try (var tokenizer = tiny()) {
            assertThat(tokenizer.tokenize("dog").length()).isEqualTo(3);
            assertThat(tokenizer.tokenize("dog ".repeat(62)).length()).isEqualTo(64);
            assertThat(tokenizer.tokenize("dog ".repeat(62)).truncated()).isFalse();
            assertThat(tokenizer.tokenize("dog ".repeat(65)).length()).isEqualTo(64);
            assertThat(tokenizer.tokenize("dog ".repeat(65)).lostTokens()).isEqualTo(3);
            assertThat(tokenizer.tokenize("dog ".repeat(65)).truncated()).isTrue();
        }
    }

    @Test
    void theSmallestMaximumKeepsOneTokenBetweenTheSpecialOnes() throws JsonProcessingException {
        var vocabulary = JSON.readTree(TINY).at("/model/vocab");
        try (var tokenizer = HuggingFaceTokenizer.open(TINY, "tiny", 3)) {
            var tokenized = tokenizer.tokenize("dog mule dog");
            assertThat(tokenized.ids())
                    .containsExactly(
                            vocabulary.get("[CLS]").asInt(),
                            vocabulary.get("dog").asInt(),
                            vocabulary.get("[SEP]").asInt());
            assertThat(tokenized.lostTokens()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\ud800",
                "a\ud800b",
                "dog \udc00 mule",
                "\udc00\ud800",
                "\ud83d\ude00\ud83d",
                "\ud800\ud83d\ude00"
            })
    void aLoneSurrogateCountsAsTheReplacementCharacter(String text) {
        var replaced = HuggingFaceTokenizer.wellFormed(text);
        assertThat(replaced).hasSameSizeAs(text).contains("\ufffd");
        assertThat(replaced.codePoints()).noneMatch(p -> p >= Character.MIN_SURROGATE && p <= Character.MAX_SURROGATE);
        try (var tokenizer = tiny()) {
            assertSame(tokenizer.tokenize(text), tokenizer.tokenize(replaced), replaced);
        }
    }

    @Test
    void aWellFormedTextStaysTheSameObject() {
        for (var text : Fixtures.texts()) {
            assertThat(HuggingFaceTokenizer.wellFormed(text)).isSameAs(text);
        }
        assertThat(HuggingFaceTokenizer.wellFormed("a\ud800b\udc00😀")).isEqualTo("a\ufffdb\ufffd😀");
    }

    @Test
    void theCallersStringIsLeftAsItWas() {
        var chars = new char[] {'a', '\ud800', 'b', '\0', '\ud83d', '\ude00'};
        var text = new String(chars);
        try (var tokenizer = tiny()) {
            tokenizer.tokenize(text);
        }
        assertThat(text.toCharArray()).isEqualTo(chars);
    }

    @Test
    void aTextInSlicesHasTheTokensOfTheWhole() {
        var random = Seeds.random();
        try (var whole = HuggingFaceTokenizer.open(TINY, "whole", 1_000_000)) {
            for (var round = 0; round < 500; round++) {
                // no shorter than the longest run without a space, or a word would be cut
                var maxChars = random.nextInt(80, 200);
                var words = new StringBuilder();
                while (words.length() < 500) {
                    words.append(RandomTexts.any(random, 8)).append(random.nextBoolean() ? ' ' : '\n');
                }
                try (var sliced = HuggingFaceTokenizer.open(TINY, "sliced", 1_000_000, maxChars)) {
                    var text = words.toString();
                    assertSame(sliced.tokenize(text), whole.tokenize(text), text);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 500})
    void theReferenceTextsInSlicesHaveTheirTokens(int maxLength) {
        try (var whole = HuggingFaceTokenizer.open(TINY, "whole", maxLength);
                var sliced = HuggingFaceTokenizer.open(TINY, "sliced", maxLength, 60)) {
            var texts = Fixtures.texts().stream()
                    .filter(text -> text.lines().allMatch(line -> longestWord(line) < 60))
                    .toList();
            assertThat(texts).anyMatch(text -> text.length() > 10_000);
            for (var text : texts) {
                assertSame(sliced.tokenize(text), whole.tokenize(text), text);
            }
        }
    }

    private static int longestWord(String line) {
        var longest = 0;
        var start = 0;
        for (var i = 0; i <= line.length(); i++) {
            if (i == line.length() || line.charAt(i) == ' ') {
                longest = Math.max(longest, i - start);
                start = i + 1;
            }
        }
        return longest;
    }

    @Test
    void aMegabyteIsCountedToTheLastToken() {
        try (var tokenizer = tiny()) {
            var tokenized = tokenizer.tokenize("dog ".repeat(250_000));
            assertThat(tokenized.ids())
                    .isEqualTo(tokenizer.tokenize("dog ".repeat(62)).ids());
            assertThat(tokenized.lostTokens()).isEqualTo(250_000 - 62);
        }
    }

    @Test
    void aMegabyteWithoutWhiteSpaceStillGetsAnAnswer() {
        try (var tokenizer = tiny()) {
            assertThat(tokenizer.tokenize("x".repeat(1_000_000)).length()).isBetween(3, 64);
            // every Chinese character is a token, wherever a slice ends
            var chinese = tokenizer.tokenize("世".repeat(1_000_000));
            assertThat(chinese.length()).isEqualTo(64);
            assertThat(chinese.lostTokens()).isEqualTo(1_000_000 - 62);
        }
    }

    @Test
    void manyThreadsShareOneTokenizer() throws InterruptedException, ExecutionException {
        var texts = Fixtures.texts();
        var reference = Fixtures.reference("tiny-bert");
        var threads = Executors.newFixedThreadPool(8);
        try (var tokenizer = tiny()) {
            var runs = IntStream.range(0, 8)
                    .mapToObj(run -> threads.submit(() -> {
                        for (var i = 0; i < texts.size(); i++) {
                            var at = (i + run) % texts.size();
                            assertSame(
                                    tokenizer.tokenize(texts.get(at)),
                                    new TokenizedText(
                                            reference.tokenIds().get(at),
                                            reference.lostTokens()[at]),
                                    texts.get(at));
                        }
                    }))
                    .toList();
            for (var run : runs) {
                run.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aClosedTokenizerSaysSo() {
        var tokenizer = tiny();
        tokenizer.close();
        tokenizer.close();
        assertThatThrownBy(() -> tokenizer.tokenize("dog"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the tokenizer is closed");
    }

    @Test
    void openingKeepsTheLibraryOffTheNetworkAndTheContextClassLoaderAsItWas() {
        var context = Thread.currentThread().getContextClassLoader();
        tiny().close();
        assertThat(System.getProperty("ai.djl.offline")).isEqualTo("true");
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(context);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 1, 0, -1})
    void aMaximumWithoutRoomForATokenIsRefused(int maxLength) {
        assertThatThrownBy(() -> HuggingFaceTokenizer.open(TINY, "here/tokenizer.json", maxLength))
                .isInstanceOf(TokenizerException.class)
                .hasMessage("here/tokenizer.json: expected a maximum length above its 2 special tokens, found "
                        + maxLength + "; set --max-seq-length higher");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"model\": ", "{\"model\": {}", "[1,"})
    void whatIsNoJsonIsRefused(String json) {
        assertThatThrownBy(() -> HuggingFaceTokenizer.open(json, "here/tokenizer.json", 64))
                .isInstanceOf(TokenizerException.class)
                .hasMessageStartingWith(
                        "here/tokenizer.json: expected a tokenizer.json, found no JSON: Unexpected end-of-input")
                .hasCauseInstanceOf(JsonProcessingException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "null", "{\"model\": null}", "{\"model\": \"WordPiece\"}"})
    void jsonWithoutAModelIsRefused(String json) {
        assertThatThrownBy(() -> HuggingFaceTokenizer.open(json, "here/tokenizer.json", 64))
                .isInstanceOf(TokenizerException.class)
                .hasMessage(
                        "here/tokenizer.json: expected a tokenizer.json with an object named \"model\", found none");
    }

    @Test
    void aTokenizerThatCutsTextsAtTheirStartIsRefused() throws JsonProcessingException {
        var json = (ObjectNode) JSON.readTree(TINY);
        ((ObjectNode) json.get("truncation")).put("direction", "Left");
        assertThatThrownBy(() -> HuggingFaceTokenizer.open(json.toString(), "here/tokenizer.json", 64))
                .isInstanceOf(TokenizerException.class)
                .hasMessage("here/tokenizer.json: expected truncation direction Right, found Left;"
                        + " texts are cut at their end");
    }

    @Test
    void aModelThatTheLibraryDoesNotKnowIsRefused() throws JsonProcessingException {
        var json = (ObjectNode) JSON.readTree(TINY);
        json.putObject("model").put("type", "Abacus");
        assertThatThrownBy(() -> HuggingFaceTokenizer.open(json.toString(), "here/tokenizer.json", 64))
                .isInstanceOf(TokenizerException.class)
                .hasMessageStartingWith(
                        "here/tokenizer.json: expected a tokenizer.json that the tokenizers library reads,"
                                + " found: ");
    }
}
