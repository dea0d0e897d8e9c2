package dev.packhorse.engine.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.packhorse.engine.FamilyFixtures;
import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.Seeds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The words' own way to ids against the library's, which it must never differ from. */
class BertWordsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String TINY = HuggingFaceTokenizerTest.json("tiny-bert");

    private static JsonNode json(Consumer<ObjectNode> change) {
        try {
            var json = (ObjectNode) JSON.readTree(TINY);
            change.accept(json);
            return json;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Twice each: at first words are not in the table. */
    private static void assertSame(String json, List<String> texts) {
        try (var own = HuggingFaceTokenizer.open(json, "own", 1_000_000);
                var library = HuggingFaceTokenizer.openLibrary(json, "library", 1_000_000)) {
            for (var round = 0; round < 2; round++) {
                for (var text : texts) {
                    assertThat(own.tokenize(text).ids())
                            .as(() -> JSON.valueToTree(text).toString())
                            .isEqualTo(library.tokenize(text).ids());
                }
            }
        }
    }

    /** What chunks are made of that the words' way must leave to the library, or must not. */
    private static String text(RandomGenerator random) {
        var text = new StringBuilder();
        for (var i = random.nextInt(12); i > 0; i--) {
            switch (random.nextInt(8)) {
                case 0 -> text.append(RandomTexts.any(random, 4));
                case 1 -> text.append((char) random.nextInt(1, 0x80));
                case 2 -> text.append((char) random.nextInt(0x80, 0x2100));
                case 3 -> text.append((char) random.nextInt(0x10000)); // lone surrogates, too
                case 4 -> text.appendCodePoint(random.nextInt(0x10000, 0x110000));
                case 5 -> text.append(" ’“”–—…‘‛‚¿«".charAt(random.nextInt(12)));
                case 6 -> random.ints(random.nextInt(1, 12), 'A', 'z' + 1).forEach(text::appendCodePoint);
                default -> text.append(' ');
            }
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"all-minilm-l6-v2", "bge-small-en-v1.5", "tiny-bert"})
    void idsAreTheLibrarysOnTextsOfAllKinds(String model) {
        var json = HuggingFaceTokenizerTest.json(model);
        assertThat(BertWords.of(json(json))).isPresent();
        assertSame(json, Fixtures.texts());
        assertSame(json, FamilyFixtures.texts());
        var random = Seeds.random();
        assertSame(json, IntStream.range(0, 20_000).mapToObj(i -> text(random)).toList());
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One after the other between letters and spaces, so that none is spared. */
    @Test
    void idsAreTheLibrarysAroundEachCharacterOfTheFirstPlane() {
        var texts = IntStream.range(0, 0x10000)
                .mapToObj(c -> "the mule%1$cand, %1$c dog%1$c. It%1$c’s %1$c%1$c".formatted((char) c))
                .toList();
        assertSame(TINY, texts);
    }

    @Test
    void idsAreTheLibrarysWhateverTheSettingsAre() {
        var random = Seeds.random();
        var texts = IntStream.range(0, 2_000).mapToObj(i -> text(random)).toList();
        var changes = List.<Consumer<ObjectNode>>of(
                json -> ((ObjectNode) json.get("normalizer")).put("lowercase", false),
                json -> ((ObjectNode) json.get("normalizer")).put("strip_accents", false),
                json -> ((ObjectNode) json.get("normalizer")).put("clean_text", false),
                json -> ((ObjectNode) json.get("normalizer")).put("handle_chinese_chars", false),
                json -> ((ObjectNode) json.get("model")).put("max_input_chars_per_word", 3),
                json -> token(json, "<mask>", "lstrip"),
                json -> token(json, "<mask>", "rstrip"),
                json -> token(json, "<mask>", "single_word"),
                json -> token(json, "$x", "special"),
                json -> token(json, "<mask>", "normalized"),
                json -> token(json, "$x", "normalized"));
        for (var change : changes) {
            var json = json(change);
            assertThat(BertWords.of(json)).isPresent();
            assertSame(json.toString(), texts);
            assertSame(
                    json.toString(),
                    List.of(
                            "the <mask> dog",
                            "the<mask>dog",
                            "a <mask>, <mask>.",
                            "<MASK> <mask",
                            "pay $x or $X",
                            "x$x",
                            "[SEP] dog[SEP]dog",
                            "[sep]",
                            "[MASK][MASK] mule"));
        }
    }

    private static void token(ObjectNode json, String text, String flag) {
        var token = json.withArray("added_tokens").addObject();
        token.put("id", 4).put("content", text);
        for (var name : List.of("single_word", "lstrip", "rstrip", "normalized", "special")) {
            token.put(name, name.equals(flag) || (name.equals("special") && !flag.equals("normalized")));
        }
    }

    @Test
    void aTokenizerThatIsNotBertsIsLeftToTheLibrary() {
        for (var change : List.<Consumer<ObjectNode>>of(
                json -> json.putNull("normalizer"),
                json -> json.putNull("pre_tokenizer"),
                json -> ((ObjectNode) json.get("pre_tokenizer")).put("type", "Whitespace"),
                json -> ((ObjectNode) json.get("normalizer")).put("type", "NFC"),
                json -> ((ObjectNode) json.get("model")).put("type", "BPE"),
                json -> ((ObjectNode) json.get("model")).remove("type"),
                json -> ((ObjectNode) json.get("model")).remove("max_input_chars_per_word"),
                json -> token(json, "New York", "special"),
                json -> token(json, "madeupword0001", "special"),
                json -> token(json, "世界", "special"),
                json -> token(json, "", "special"))) {
            assertThat(BertWords.of(json(change))).isEmpty();
        }
        for (var family : List.of("roberta", "modernbert", "xlm-roberta", "camembert")) {
            assertThat(BertWords.of(json(ofFamily(family)))).isEmpty();
        }
    }

    private static String ofFamily(String family) {
        try {
            return Files.readString(FamilyFixtures.folder(family).resolve("tokenizer.json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "distilbert", "electra", "mpnet", "nomic-bert", "gte"})
    void mostFamiliesTokenizersAreBerts(String family) {
        var random = Seeds.random();
        assertThat(BertWords.of(json(ofFamily(family)))).isPresent();
        assertSame(
                ofFamily(family),
                IntStream.range(0, 3_000).mapToObj(i -> text(random)).toList());
    }

    @Test
    void lengthsAreNoMatter() {
        var random = Seeds.random();
        var texts = new ArrayList<String>();
        texts.add("");
        texts.add(" \t\r\n ");
        for (var length : List.of(31, 32, 33, 99, 100, 101, 5_000)) {
            for (var letter : List.of("x", "ж", "世", ".", "é", "😀")) {
                texts.add("dog " + letter.repeat(length) + " mule " + letter.repeat(length));
            }
        }
        var words = new StringBuilder();
        while (words.length() < 300_000) {
            words.append(text(random)).append(' ');
        }
        texts.add(words.toString());
        assertSame(TINY, texts);
    }

    @Test
    void whatIsCutIsCountedAsTheLibraryCountsIt() {
        var random = Seeds.random();
        for (var maxLength : List.of(3, 4, 7, 64)) {
            try (var own = HuggingFaceTokenizer.open(TINY, "own", maxLength);
                    var library = HuggingFaceTokenizer.openLibrary(TINY, "library", maxLength)) {
                for (var i = 0; i < 2_000; i++) {
                    var text = text(random) + " " + text(random);
                    var expected = library.tokenize(text);
                    var found = own.tokenize(text);
                    assertThat(found.ids()).isEqualTo(expected.ids());
                    assertThat(found.lostTokens()).isEqualTo(expected.lostTokens());
                }
            }
        }
    }

    @Test
    void whatTheLibraryFailsForFailsTheSame() {
        var without = json(json -> {
            ((ObjectNode) json.at("/model/vocab")).remove("[UNK]");
            json.withArray("added_tokens").removeAll();
        });
        assertThat(BertWords.of(without)).isPresent();
        try (var own = HuggingFaceTokenizer.open(without.toString(), "own", 64);
                var library = HuggingFaceTokenizer.openLibrary(without.toString(), "library", 64)) {
            assertThat(own.tokenize("the dog").ids())
                    .isEqualTo(library.tokenize("the dog").ids());
            for (var text : List.of("x".repeat(200), "the dog, a ℵ")) {
                var failure = catchThrowable(() -> library.tokenize(text));
                assertThat(failure).isInstanceOf(TokenizerException.class);
                assertThatThrownBy(() -> own.tokenize(text))
                        .isInstanceOf(TokenizerException.class)
                        .hasMessage(failure.getMessage());
            }
        }
    }

    @Test
    void threadsThatRaceForTheTableGetTheLibrarysIds() throws Exception {
        var random = Seeds.random();
        var texts = IntStream.range(0, 3_000).mapToObj(i -> text(random)).toList();
        var threads = Executors.newFixedThreadPool(6);
        try (var own = HuggingFaceTokenizer.open(TINY, "own", 1_000);
                var library = HuggingFaceTokenizer.openLibrary(TINY, "library", 1_000)) {
            var expected = texts.stream().map(library::tokenize).toList();
            var runs = IntStream.range(0, 6)
                    .mapToObj(run -> threads.submit(() -> {
                        for (var i = 0; i < texts.size(); i++) {
                            var at = (i + run * 500) % texts.size();
                            assertThat(own.tokenize(texts.get(at)).ids())
                                    .isEqualTo(expected.get(at).ids());
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
}
