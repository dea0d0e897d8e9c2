package dev.packhorse.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What vectors are held to outside of tests, too. */
class EngineReferenceTest {

    private static final BatchListener NOBODY = (rows, tokens, computedTokens, nanos) -> {};

    @TempDir
    Path folder;

    private static float[] embed(Engine engine) {
        var answer = engine.embed(List.of(engine.tokenize("a mule and a horse").ids()), NOBODY)[0];
        return ((Embedded.Vector) answer).values();
    }

    private static void assertLikeTheFastPath(Model model, String reference) {
        var fast = new EngineSettings(model, Precision.FLOAT32, PathChoice.FAST, 512, 1);
        try (var one = Engine.openReference(model);
                var other = Engine.open(fast)) {
            assertThat(one.info().name()).isEqualTo(reference);
            assertThat(embed(one)).containsExactly(embed(other), Offset.offset(1e-5f));
        }
    }

    @Test
    void itIsOnnxRuntimeWhereThereIsAnOnnxFile() {
        assertLikeTheFastPath(ModelFolder.read(Fixtures.tinyBert()), "onnxruntime-padded");
    }

    @Test
    void itIsPlainJavaWhereThereIsNone() throws IOException {
        var copy = Fixtures.copyTinyBert(folder);
        Files.delete(copy.resolve("onnx/model.onnx"));

        assertLikeTheFastPath(ModelFolder.read(copy), "plain");
    }
}
