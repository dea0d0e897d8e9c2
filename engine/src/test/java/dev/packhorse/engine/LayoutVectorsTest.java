package dev.packhorse.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.model.ModelFolder;
import dev.packhorse.engine.tokenize.TokenizedText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
                ? List.of(EncoderChoice.AUTO) // for the graph is not in shards
                : List.of(EncoderChoice.AUTO, EncoderChoice.PADDED);
        for (var encoder : encoders) {
            assertVectors("layouts/" + layout, encoder);
        }
    }

    /** Its tokens tell white space apart. */
    @Test
    void whiteSpaceAroundATextCountsAsInSentenceTransformers6() throws IOException {
        copy(FamilyFixtures.folder("roberta"), "");
        assertVectors("roberta", EncoderChoice.PADDED);
    }

    private void assertVectors(String name, EncoderChoice encoder) {
        var reference = FamilyFixtures.reference(name);
        var model = ModelFolder.read(parent);
        assertThat(model.maxSeqLength()).isEqualTo(reference.maxSeqLength());
        try (var engine = Engine.open(new EngineSettings(model, Precision.FLOAT32, encoder, 4096, 2))) {
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
