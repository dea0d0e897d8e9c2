package dev.packhorse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFolder;
import dev.packhorse.engine.model.ModelOptions;
import dev.packhorse.engine.model.Models;
import dev.packhorse.engine.tokenize.Chunker;
import dev.packhorse.engine.tokenize.TokenizedText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole folders, from the texts on: what sentence-transformers makes of them, we do. */
class LayoutVectorsTest {

    @TempDir
    Path parent;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dense",
                "lower-case",
                "pooling-cls-mean",
                "pooling-cls-mean-booleans",
                "pooling-lasttoken-booleans",
                "pooling-max",
                "pooling-max-mean-booleans",
                "pooling-mean-max",
                "pooling-mean-sqrt-len-booleans",
                "pooling-weightedmean",
                "prompts",
                "prompts-not-pooled",
                "sharded",
                "short"
            })
    void aLayoutHasTheVectorsOfSentenceTransformers(String layout) throws IOException {
        copy(FamilyFixtures.folder("bert"), "");
        if (layout.equals("sharded")) {
            Files.delete(parent.resolve("model.safetensors"));
        }
        copy(FamilyFixtures.folder("layouts/" + layout), "");
        var encoders = layout.equals("sharded")
                ? List.of(PathChoice.AUTO) // for the graph is not in shards
                : List.of(PathChoice.AUTO, PathChoice.SLOW);
        for (var encoder : encoders) {
            assertVectors("layouts/" + layout, encoder);
        }
    }

    /** Its tokens tell white space apart. */
    @Test
    void whiteSpaceAroundATextCountsAsInSentenceTransformers6() throws IOException {
        copy(FamilyFixtures.folder("roberta"), "");
        assertVectors("roberta", PathChoice.SLOW);
    }

    @Test
    void aPromptStandsInFrontOfEveryPieceAndCountsAsItsTokens() throws IOException {
        copy(FamilyFixtures.folder("bert"), "");
        copy(FamilyFixtures.folder("layouts/prompts"), "");
        var model = ModelFolder.read(parent);
        var text = "one two three four five six seven eight nine ten";
        try (var tokenizer = Engine.openTokenizer(model);
                var plain = Engine.openTokenizer(unprompted())) {
            var prompt = tokenizer.tokenize("").length();
            assertThat(prompt).isGreaterThan(plain.tokenize("").length());
            var pieces = new Chunker(tokenizer, prompt + 6, 0).chunk(text);
            assertThat(pieces).hasSizeGreaterThan(1);
            for (var piece : pieces) {
                assertThat(piece.tokens().ids())
                        .isEqualTo(plain.tokenize("query: " + text.substring(piece.start(), piece.end()))
                                .ids());
            }
        }
        var tooShort = model.withMaxSeqLength(7);
        assertThatThrownBy(() -> Engine.checkTokenizer(tooShort))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("--prompt: expected fewer tokens than the 7 that ")
                .hasMessageEndingWith(", special ones included, found 7 in 'query: '; choose another with --prompt or"
                        + " --prompt-name");
    }

    private Model unprompted() {
        var none = new ModelOptions(
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(ModelOptions.NO_PROMPT),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return Models.find(parent.toString(), none, Models::local);
    }

    private void assertVectors(String name, PathChoice path) {
        var reference = FamilyFixtures.reference(name);
        var model = ModelFolder.read(parent);
        assertThat(model.maxSeqLength()).isEqualTo(reference.maxSeqLength());
        try (var engine = Engine.open(new EngineSettings(model, Precision.FLOAT32, path, 4096, 2))) {
            var texts = FamilyFixtures.texts().stream().map(engine::tokenize).toList();
            var rows = texts.stream().map(TokenizedText::ids).toList();
            assertThat(rows).containsExactlyElementsOf(reference.tokenIds());
            assertThat(texts.stream().mapToInt(TokenizedText::lostTokens).toArray())
                    .isEqualTo(reference.lostTokens());
            var found = new ArrayList<float[]>();
            for (var answer : engine.embed(rows, (r, t, c, n) -> {})) {
                found.add(((Embedded.Vector) answer).values());
            }
            var worst = Closeness.worst(reference.vectors(), found.toArray(float[][]::new));
            assertThat(worst.cosine()).as("%s, %s", name, engine.info()).isGreaterThanOrEqualTo(0.9999);
        }
    }

    private void copy(Path from, String below) throws IOException {
        try (var paths = Files.walk(from)) {
            paths.filter(Files::isRegularFile).forEach(path -> {
                var target = parent.resolve(below).resolve(from.relativize(path).toString());
                try {
                    Files.createDirectories(target.getParent());
                    Files.write(target, Files.readAllBytes(path));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
